using Radapt.Datasets.Matching;

namespace Radapt.Runs.Predictions;

/// <summary>
/// Columns of a table of predictions that are there only where somebody asks for them: they come from DICOM headers, and most of them
/// tell who the patient is.
/// </summary>
internal static class PredictionColumn
{
    private static readonly Dictionary<string, Func<FolderImage, string?>> s_values = new(StringComparer.Ordinal)
    {
        ["patient"] = i => i.Identity?.PatientId,
        ["accession"] = i => i.Identity?.AccessionNumber,
        ["sop-uid"] = i => i.Identity?.SopInstanceUid,
        ["view"] = i => i.View,
        ["date"] = i => Date(i.Identity?.Date ?? ""),
    };

    /// <summary>The columns that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_values.Keys];

    /// <summary>Columns as they are typed: names between commas, in the order of the table.</summary>
    /// <exception cref="RadaptException">A name is none of <see cref="Names"/>, or there twice.</exception>
    public static IReadOnlyList<string> Parse(string? typed)
    {
        string[] names = (typed ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.FirstOrDefault(n => !s_values.ContainsKey(n)) is { } unknown
            ? throw new RadaptException($"--columns {unknown}: the columns are {string.Join(", ", Names)}.")
            : names.Distinct().Count() < names.Length ? throw new RadaptException($"--columns {typed}: a column is named twice.")
            : names;
    }

    /// <summary>The cell of a column; empty: the file is not DICOM, or does not state it.</summary>
    public static string Value(string column, FolderImage? image) => (image is null ? null : s_values[column](image)) ?? "";

    // As spreadsheets and people read it, where it is a date of the standard's form.
    private static string Date(string date) =>
        date.Length == 8 && date.All(char.IsAsciiDigit) ? $"{date[..4]}-{date[4..6]}-{date[6..]}" : date;
}
