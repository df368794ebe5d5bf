using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Matching;

/// <summary>
/// A label table whose rows met their image files: named by the table, or found by path, file name, SOPInstanceUID or AccessionNumber.
/// Headers of DICOM files tell patient, examination and view where the table does not, and what is not a radiograph.
/// </summary>
/// <param name="Findings">Names in the order of the labels.</param>
/// <param name="Rows">Rows and their files, in the order of the table.</param>
/// <param name="HasSplits">The table says which row belongs to which split.</param>
/// <param name="Choices">What was chosen for the user.</param>
/// <param name="Report">How rows met files; null: the table names its files, and none is DICOM.</param>
internal sealed record MatchedTable(
    IReadOnlyList<string> Findings, IReadOnlyList<LocatedRow> Rows, bool HasSplits, IReadOnlyList<DataChoice> Choices, MatchReport? Report)
{
    /// <summary>The table itself.</summary>
    public required CsvCells Cells { get; init; }

    /// <summary>What each column was taken for, to be printed after all else.</summary>
    public required string ColumnsLine { get; init; }

    /// <summary>How the patients of the table and of the headers contradict each other, where that is not refused.</summary>
    public string? Contradiction { get; init; }

    /// <summary>
    /// Rows that have no file below the image root; empty where the table names its files, since then such rows are among the others.
    /// </summary>
    public IReadOnlyList<LabelRow> WithoutFile { get; init; } = [];

    /// <summary>Rows that lost their image, since it is not a radiograph or its header cannot be read.</summary>
    public IReadOnlyList<(LabelRow Row, FolderImage Image)> Refused { get; init; } = [];

    /// <summary>Files that are refused and that no row means.</summary>
    public IReadOnlyList<FolderImage> RefusedFiles { get; init; } = [];

    /// <summary>Reads a table and finds its files.</summary>
    /// <param name="file">The table.</param>
    /// <param name="o">Findings, and how rows are matched; see <see cref="DataOptions"/>.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="withSplits">Read the column <c>split</c>, without which rows are left out.</param>
    /// <param name="isCheck">A table whose rows mean nothing, or nothing that can be used, is accepted: the check says so row by
    /// row.</param>
    /// <exception cref="RadaptException">The table is malformed, or its files are not to be found.</exception>
    public static MatchedTable Read(string file, DataOptions o, ICollection<string> notes, bool withSplits, bool isCheck = false)
    {
        MatchedTable table = new TableMatching(o, notes, withSplits, isCheck).Read(file);
        return table with { Rows = PatientSpellings.Unify(table.Rows, notes) };
    }
}
