namespace Radapt.Datasets;

/// <summary>The three parts of a data set, in the order used throughout.</summary>
internal static class Split
{
    public static IReadOnlyList<string> Names { get; } = ["train", "val", "test"];
}
