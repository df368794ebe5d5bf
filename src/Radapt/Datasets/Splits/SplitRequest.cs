namespace Radapt.Datasets.Splits;

/// <summary>How a data set is to be shared out among train, val and test, or among folds.</summary>
internal sealed record SplitRequest
{

    /// <summary>The label table or list is <see cref="DataOptions.Data"/>; how it is read and the draw's seed are here too.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>
    /// Shares of train, val and, if there are three, test; only their ratios count. Standard: 70, 10, 20, those of ChestX-ray14 in the
    /// paper.
    /// </summary>
    public IReadOnlyList<double> Shares { get; init; } = [70, 10, 20];

    /// <summary>Make this many folds instead; 2 to 100. Null: train, val and test.</summary>
    public int? Folds { get; init; }

    /// <summary>The label table to write.</summary>
    public required string Table { get; init; }

    /// <summary>Replace <see cref="Table"/> if it is there; the source never is.</summary>
    public bool Force { get; init; }

    internal IReadOnlyList<string> Names => Folds is { } k ? [.. Enumerable.Range(1, k).Select(i => $"{i}")]
        : [.. Split.Names.Take(Shares.Count)];

    internal string Column => Folds is null ? "split" : "fold";

    internal void Validate()
    {
        if (Data.Data is null)
        {
            throw new RadaptException("No data is given: pass --data FILE.csv, a table or list with all images.");
        }

        if (Folds is { } k && k is < 2 or > 100)
        {
            throw new RadaptException($"--folds must be 2 to 100, not {k}.");
        }

        if (Folds is null && (Shares.Count is < 2 or > 3 || Shares.Any(s => s is not (> 0 and < double.PositiveInfinity))))
        {
            throw new RadaptException("--shares takes two or three numbers above 0: train,val or train,val,test, such as 70,10,20.");
        }

        if (Path.GetExtension(Table).ToUpperInvariant() is not ".CSV")
        {
            throw new RadaptException($"{Table}: a label table is written as CSV; give a name that ends in .csv.");
        }

        OutputFile.RequireNew(Table, Force);
        OutputFile.RequireNoInput(Table, "-o", Data.Data);
    }
}
