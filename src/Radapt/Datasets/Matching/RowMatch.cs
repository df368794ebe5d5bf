namespace Radapt.Datasets.Matching;

/// <summary>The files that a column's cells mean, by one kind of matching.</summary>
/// <param name="Column">The column.</param>
/// <param name="Kind">By what.</param>
/// <param name="Images">Per row of the table: the images it means, as indices into the folder's.</param>
/// <param name="Usable">Per row: those of them that are radiographs of a wanted view.</param>
internal sealed record RowMatch(int Column, MatchKind Kind, IReadOnlyList<IReadOnlyList<int>> Images,
    IReadOnlyList<IReadOnlyList<int>> Usable)
{
    /// <summary>Rows that mean at least one file.</summary>
    public int Matched => Images.Count(i => i.Count > 0);

    /// <summary>Rows that mean several usable images.</summary>
    public int Ambiguous => Usable.Count(u => u.Count > 1);

    // A row that means several images is worth half of one that means exactly one.
    private int Score => (2 * Matched) - Ambiguous;

    /// <summary>
    /// The column and kind that match the most rows, of those that may be tried; ties go to the first kind, then to the first column.
    /// </summary>
    /// <param name="rows">Cells per row.</param>
    /// <param name="columns">Columns to try, in the order of preference.</param>
    /// <param name="kinds">Kinds to try.</param>
    /// <param name="folder">The files.</param>
    /// <param name="isUsable">Whether an image, an index into the folder's, is a radiograph of a wanted view.</param>
    public static RowMatch Best(
        IReadOnlyList<(int Line, string[] Cells)> rows, IReadOnlyList<int> columns, IReadOnlyList<MatchKind> kinds, ImageFolder folder,
            Func<int, int, bool> isUsable)
    {
        var index = new FolderIndex(folder);
        return kinds.Order().SelectMany(k => columns.Select(c => Of(c, k))).MaxBy(m => m.Score)!; // the first of equals

        RowMatch Of(int column, MatchKind kind)
        {
            IReadOnlyList<int>[] images = [.. rows.Select(r => r.Cells[column] is { Length: > 0 } cell ? index.Find(cell, kind) : [])];
            return new RowMatch(column, kind, images,
                [.. images.Select((found, row) => found.Count == 0 ? found : [.. found.Where(i => isUsable(row, i))])]);
        }
    }
}
