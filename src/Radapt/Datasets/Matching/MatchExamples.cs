using System.Globalization;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Matching;

/// <summary>
/// What lets a person see whether rows met the right files: three pairs, and in how many rows table and header agree on patient and day.
/// </summary>
/// <param name="cells">The table.</param>
/// <param name="columns">Its columns.</param>
/// <param name="match">How rows met files.</param>
/// <param name="folder">The files.</param>
internal sealed class MatchExamples(CsvCells cells, TableColumns columns, RowMatch match, ImageFolder folder)
{
    private const int Shown = 3;
    private readonly int[] _rows = [.. Enumerable.Range(0, cells.Rows.Count).Where(r => match.Usable[r].Count > 0)];

    /// <summary>In how many rows table and header name the same patient alike, of those in which both name one.</summary>
    public (int Same, int Known) Patients => Agreement(columns.Patient, SamePatient);

    /// <summary>In how many rows table and header have the same day, of those in which both have one.</summary>
    public (int Same, int Known) Days => Agreement(columns.Date, SameDay());

    /// <summary>One line to print; without names files are told by their place in the order of all paths.</summary>
    public string Line(bool plainNames)
    {
        int[] some = [.. new[] { 0, _rows.Length / 2, _rows.Length - 1 }.Where(i => i >= 0 && i < _rows.Length).Distinct().Take(Shown)
            .Select(i => _rows[i])];
        string pairs = string.Join(", ", some.Select(r => Pair(r, match.Usable[r][0], plainNames)));
        string agree = string.Join(" and ", new[] { InWords("patient", Patients), InWords("day", Days) }.OfType<string>());
        return $"for example, {pairs}{(plainNames ? "" : $" of {folder.Images.Count} in the order of their paths (--plain-names shows them)")}"
            + $"{(agree.Length > 0 ? $"; table and headers agree on {agree}" : "")}.";

        static string? InWords(string what, (int Same, int Known) rows) => rows.Known == 0 ? null
            : string.Create(CultureInfo.InvariantCulture, $"the {what} in {rows.Same} of {rows.Known} rows");
    }

    // Of the rows for which table and header both tell something.
    private (int Same, int Known) Agreement(int column, Func<int, int, bool?> isSame)
    {
        bool[] same = column < 0 ? [] : [.. _rows.Select(r => isSame(r, match.Usable[r][0])).OfType<bool>()];
        return (same.Count(s => s), same.Length);
    }

    private string Pair(int row, int image, bool plainNames) => plainNames
        ? $"line {cells.Rows[row].Line} ('{cells.Rows[row].Cells[match.Column]}') is {folder.Images[image].Name}"
        : $"line {cells.Rows[row].Line} is file {image + 1}";

    private bool? SamePatient(int row, int image) => folder.Images[image].Patient is { } patient
        && cells.Rows[row].Cells[columns.Patient] is var cell && !LabelWords.IsNoName(cell)
            ? PatientSpellings.Key(patient) == PatientSpellings.Key(cell) : null;

    private Func<int, int, bool?> SameDay()
    {
        IReadOnlyList<(string Order, DateOnly?[] Days)> read = columns.Date < 0 ? []
            : StudyDates.Read([.. cells.Rows.Select(r => r.Cells[columns.Date])]);
        return (row, image) => folder.Images[image].Date is { } day && read.Any(r => r.Days[row] is not null)
            ? read.Any(r => r.Days[row] == day) : null;
    }
}
