using Radapt.Imaging;

namespace Radapt.Datasets.Checks;

/// <summary>What is to be checked.</summary>
internal sealed record DataCheckOptions
{
    /// <summary>A label table, or any of train, val and test lists. Nothing need be right in it.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Images without labels, instead of a table; relative to the image root of <see cref="Data"/>.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Threads that read images; 0: one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>How files are decoded; the bits of 16-bit PNG files are looked up in them.</summary>
    public DecodingOptions Decoding { get; init; } = new();
}

/// <summary>How far a check is.</summary>
/// <param name="Images">Images read so far.</param>
/// <param name="Total">Images to read.</param>
/// <param name="ImagesPerSecond">Rate so far.</param>
/// <param name="TimeLeft">Estimate from that rate.</param>
internal readonly record struct DataCheckProgress(int Images, int Total, double ImagesPerSecond, TimeSpan TimeLeft);
