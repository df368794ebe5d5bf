namespace Radapt.Datasets.Phantoms;

/// <summary>Which phantoms to make.</summary>
public sealed record PhantomOptions
{
    /// <summary>Number of images, 10 to 100,000.</summary>
    public int Count { get; init; } = 1000;

    /// <summary>Side in pixels, 16 to 4096.</summary>
    public int Size { get; init; } = 128;

    /// <summary>Seed of everything random.</summary>
    public long Seed { get; init; }

    /// <summary>How large findings are, and how much everything else varies.</summary>
    public PhantomDifficulty Difficulty { get; init; } = PhantomDifficulty.Normal;

    /// <summary>
    /// Findings that occur, each in 30 % of the images and independently of the others; columns of the label table. Default: all.
    /// </summary>
    public IReadOnlyList<PhantomFinding> Findings { get; init; } = Enum.GetValues<PhantomFinding>();

    /// <summary>Write <c>masks/</c>: one picture for every finding that is present.</summary>
    public bool Masks { get; init; } = true;

    /// <summary>Threads; changes no byte. 0: one for each processor.</summary>
    public int Threads { get; init; }

    /// <exception cref="RadaptException">A number is out of range.</exception>
    internal void Validate()
    {
        if (Count is < 10 or > 100_000)
        {
            throw new RadaptException($"Phantoms: the number of images must be 10 to 100000, not {Count}.");
        }

        if (Size is < 16 or > 4096)
        {
            throw new RadaptException($"Phantoms: the side must be 16 to 4096 pixels, not {Size}.");
        }

        if (Findings.Count == 0)
        {
            throw new RadaptException("Phantoms: name at least one finding.");
        }
    }
}
