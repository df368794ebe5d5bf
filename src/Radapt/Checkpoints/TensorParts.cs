namespace Radapt.Checkpoints;

/// <summary>
/// One tensor of a model as a file keeps it: whole, or in parts that follow one another along an axis, such as query, key and value.
/// What is before that axis has size 1, so the parts' elements, one after the other, are the whole's. Zeros that the file leaves out
/// are parts, too.
/// </summary>
internal sealed record TensorParts
{
    private TensorParts(IReadOnlyList<Part> all, int axis) => (All, Axis) = (all, axis);

    /// <summary>One part.</summary>
    /// <param name="Name">Its name in the file; null: zeros, which are not in the file.</param>
    /// <param name="Zeros">Size of such zeros along the axis.</param>
    public readonly record struct Part(string? Name, long Zeros);

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<Part> All { get; }

    /// <summary>Names of the parts that are in the file, in order.</summary>
    public IReadOnlyList<string> Names => [.. All.Select(p => p.Name).OfType<string>()];

    /// <summary>The axis that they follow one another along.</summary>
    public int Axis { get; }

    /// <summary>Whether the file keeps the tensor under one name.</summary>
    public bool IsWhole => All is [{ Name: not null }];

    /// <summary>A tensor that the file keeps under one name.</summary>
    public static TensorParts Whole(string name) => new([new Part(name, 0)], 0);

    /// <summary>Parts along the first axis.</summary>
    public static TensorParts Rows(params string[] names) => new([.. names.Select(n => new Part(n, 0))], 0);

    /// <summary>A vector of parts, or of zeros where a part is null.</summary>
    /// <param name="size">Size of the zeros.</param>
    /// <param name="names">Names in the file.</param>
    public static TensorParts Vector(long size, params string?[] names) =>
        new([.. names.Select(n => new Part(n, n is null ? size : 0))], 0);

    /// <summary>A tensor (1, N, C) whose first row is zero and left out in the file.</summary>
    public static TensorParts AfterZeros(string name) => new([new Part(null, 1), new Part(name, 0)], 1);

    /// <summary>The whole tensor's shape. Null where the parts do not fit together.</summary>
    public IReadOnlyList<long>? ShapeIn(CheckpointFile file)
    {
        if (Names.Count == 0)
        {
            return [All.Sum(p => p.Zeros)];
        }

        IReadOnlyList<long> first = file.Info(Names[0]).Shape;
        if (IsWhole)
        {
            return first;
        }

        long[] whole = [.. first];
        if (whole.Length <= Axis || whole[..Axis].Any(size => size != 1))
        {
            return null;
        }

        whole[Axis] = All.Sum(p => p.Zeros);
        foreach (string name in Names)
        {
            IReadOnlyList<long> shape = file.Info(name).Shape;
            if (shape.Count != whole.Length || shape.Where((size, axis) => axis != Axis && size != whole[axis]).Any())
            {
                return null;
            }

            whole[Axis] += shape[Axis];
        }

        return whole;
    }

    /// <summary>Whether every part holds floats.</summary>
    public bool HoldsFloats(CheckpointFile file) => Names.All(name => file.Info(name).Type.IsFloat());

    /// <summary>The same name to name map, each a whole tensor.</summary>
    public static IReadOnlyDictionary<string, TensorParts> Wholes(IEnumerable<KeyValuePair<string, string>> names) =>
        names.ToDictionary(n => n.Key, n => Whole(n.Value), StringComparer.Ordinal);
}
