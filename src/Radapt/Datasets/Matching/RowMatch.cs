namespace Radapt.Datasets.Matching;

/// <summary>The files that a column's cells mean, by one kind of matching.</summary>
/// <param name="Column">The column; that of the patient where patient and date together mean the files.</param>
/// <param name="Kind">By what.</param>
/// <param name="Images">Per row of the table: the images it means, as indices into the folder's.</param>
/// <param name="Usable">Per row: those of them that are radiographs of a wanted view.</param>
internal sealed record RowMatch(int Column, MatchKind Kind, IReadOnlyList<IReadOnlyList<int>> Images,
    IReadOnlyList<IReadOnlyList<int>> Usable)
{
    private const int LongestBare = 7; // digits: longer numbers are rarely counted up by a program or a person

    /// <summary>Rows that mean at least one file.</summary>
    public int Matched => Images.Count(i => i.Count > 0);

    /// <summary>Rows that mean several usable images.</summary>
    public int Ambiguous => Usable.Count(u => u.Count > 1);

    /// <summary>A row that means several images is worth half of one that means exactly one.</summary>
    public int Score => (2 * Matched) - Ambiguous;

    /// <summary>How dates are read, where they could be read otherwise; empty: they could not.</summary>
    public string DateOrder { get; init; } = "";

    /// <summary>
    /// The cells are short numbers that equal file names, as running numbers in a table and in a folder do without meaning each other.
    /// </summary>
    public bool IsOfBareNumbers { get; private init; }

    /// <summary>Finds the files of a column's cells.</summary>
    /// <param name="column">The column.</param>
    /// <param name="kind">By what.</param>
    /// <param name="cells">The cell of every row; null: it says nothing.</param>
    /// <param name="index">The files.</param>
    /// <param name="isUsable">Whether an image, by row and index in the folder, is a radiograph of a wanted view.</param>
    public static RowMatch Find(int column, MatchKind kind, IReadOnlyList<string?> cells, FolderIndex index, Func<int, int, bool> isUsable)
    {
        IReadOnlyList<int>[] images = [.. cells.Select(c => c is { Length: > 0 } ? index.Find(c, kind) : [])];
        return new RowMatch(column, kind, images,
            [.. images.Select((found, row) => found.Count == 0 ? found : [.. found.Where(i => isUsable(row, i))])])
        {
            IsOfBareNumbers = kind is MatchKind.Stem or MatchKind.Path
                && cells.Where((_, row) => images[row].Count > 0).All(c => ImageNames.Digits(c!) is { Length: <= LongestBare }),
        };
    }

    /// <summary>Rows for which another matching has only other usable files.</summary>
    public int Disagreements(RowMatch other) => Usable.Zip(other.Usable)
        .Count(p => p.First.Count > 0 && p.Second.Count > 0 && !p.First.Intersect(p.Second).Any());

    /// <summary>In a sentence.</summary>
    public string InWords(IReadOnlyList<string> header) =>
        $"column '{header[Column]}' by {Kind.InWords()}{(DateOrder.Length > 0 ? $" ({DateOrder})" : "")}";
}
