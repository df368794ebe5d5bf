namespace Radapt.Checkpoints;

/// <summary>What a checkpoint says about one of its tensors.</summary>
/// <param name="Name">Path inside the file, containers joined by '.', list positions as numbers:
/// <c>model.blocks.0.norm1.weight</c>.</param>
/// <param name="Type">Type of the stored elements.</param>
/// <param name="Shape">Sizes of the axes; empty for a scalar. Their product fits in 63 bits.</param>
internal sealed record TensorInfo(string Name, ElementType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes of the contiguous tensor.</summary>
    public long Bytes => Elements * Type.Size();

    internal static string ShapeOf(IEnumerable<long> shape) => $"({string.Join(", ", shape)})";
}
