namespace Radapt.Batching;

/// <summary>What a file of features holds, and what they depend on.</summary>
/// <param name="Key">Hash of everything that the features follow from; another key, another file.</param>
/// <param name="Items">Number of images.</param>
/// <param name="Shape">Of one image's features: (N, C) or (C).</param>
/// <param name="FirstBlock">The block that reads them; the depth: the head does.</param>
/// <param name="IsBFloat16">Stored as bfloat16, which they were computed in; else as float32.</param>
internal sealed record FeatureLayout(UInt128 Key, int Items, IReadOnlyList<int> Shape, int FirstBlock, bool IsBFloat16)
{
    /// <summary>Values of one image.</summary>
    public int Length => Shape.Aggregate((a, b) => a * b);

    /// <summary>Bytes of one image's values.</summary>
    public int Stride => Length * (IsBFloat16 ? 2 : 4);

    /// <summary>Bytes of the file.</summary>
    public long FileBytes => FeatureFile.HeaderLength + ((long)Items * Stride);
}
