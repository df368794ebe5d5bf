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

    /// <summary>One line to print; without names files are told by their place in the order of all paths.</summary>
    public string Line(bool plainNames)
    {
        int[] rows = [.. Enumerable.Range(0, cells.Rows.Count).Where(r => match.Usable[r].Count > 0)];
        int[] some = [.. new[] { 0, rows.Length / 2, rows.Length - 1 }.Where(i => i >= 0 && i < rows.Length).Distinct().Take(Shown)
            .Select(i => rows[i])];
        string pairs = string.Join(", ", some.Select(r => Pair(r, match.Usable[r][0], plainNames)));
        string?[] agreements = [Agreement("patient", columns.Patient, SamePatient), Agreement("day", columns.Date, SameDay())];
        string agree = string.Join(" and ", agreements.OfType<string>());
        return $"for example, {pairs}{(plainNames ? "" : $" of {folder.Images.Count} in the order of their paths (--plain-names shows them)")}"
            + $"{(agree.Length > 0 ? $"; table and headers agree on {agree}" : "")}.";

        string? Agreement(string what, int column, Func<int, int, bool?> isSame)
        {
            bool[] same = column < 0 ? [] : [.. rows.Select(r => isSame(r, match.Usable[r][0])).OfType<bool>()];
            return same.Length == 0 ? null
                : string.Create(CultureInfo.InvariantCulture, $"the {what} in {same.Count(s => s)} of {same.Length} rows");
        }
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
