namespace Radapt.Datasets.Tables;

/// <summary>What a label table or split list says.</summary>
/// <param name="File">The file, as the user wrote it.</param>
/// <param name="Findings">Names in the order of the labels.</param>
/// <param name="Rows">In the order of the file.</param>
/// <param name="HasSplits">The table has a column <c>split</c>.</param>
/// <param name="KeptClasses">The class numbers the findings were made of; empty where the file holds 0/1 labels.</param>
internal sealed record LabelRows(
    string File, IReadOnlyList<string> Findings, IReadOnlyList<LabelRow> Rows, bool HasSplits, IReadOnlyList<int> KeptClasses)
{
    /// <summary>What the table's columns were taken for; null: it is a split list.</summary>
    public ColumnReport? Columns { get; init; }

    /// <summary>Reads a label table (<c>.csv</c>, <c>.tsv</c>, <c>.xlsx</c>) or a split list (anything else), packed or not.</summary>
    /// <param name="file">The table or list.</param>
    /// <param name="options">Findings, classes.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="withSplits">Read the column <c>split</c>; without, every row belongs to the part the file was given for.</param>
    public static LabelRows Read(string file, DataOptions options, ICollection<string> notes, bool withSplits) =>
        IsTable(file) ? LabelTable.Read(file, options, notes, withSplits) : SplitList.Read(file, options, notes);

    /// <summary>Whether a file is a label table by its name, packed or not; else it is a split list.</summary>
    public static bool IsTable(string file)
    {
        string name = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        return Path.GetExtension(name).ToUpperInvariant() is ".CSV" or ".TSV" or ".XLSX" or ".XLSM";
    }
}
