namespace Radapt.Checkpoints;

/// <summary>What a format's reader finds in a file.</summary>
/// <param name="Format">For people: "PyTorch zip", "PyTorch legacy", "safetensors".</param>
/// <param name="Tensors">In the file's order.</param>
/// <param name="Metadata">safetensors' <c>__metadata__</c>; of PyTorch files the scalars at the top level.</param>
/// <param name="Opaque">Name and class of objects that were left alone.</param>
internal sealed record CheckpointContent(
    string Format,
    IReadOnlyList<StoredTensor> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<(string Name, string Class)> Opaque)
{
    /// <summary>Name and element type of tensors whose elements Radapt does not read, such as 8-bit floats.</summary>
    public IReadOnlyList<(string Name, string Type)> Unread { get; init; } = [];
}
