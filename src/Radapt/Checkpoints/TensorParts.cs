namespace Radapt.Checkpoints;

/// <summary>
/// One tensor of a model as a file keeps it: whole, or in parts that follow one another along an axis, such as query, key and value.
/// What stands before that axis has size 1, so the parts' elements, one after the other, are the whole's.
/// </summary>
internal sealed record TensorParts
{
    private TensorParts(IReadOnlyList<string> names, int axis, bool startsWithZeros) =>
        (Names, Axis, StartsWithZeros) = (names, axis, startsWithZeros);

    /// <summary>Names of the parts in the file, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The axis that they follow one another along.</summary>
    public int Axis { get; }

    /// <summary>Whether zeros of size 1 along the axis, which the file leaves out, stand before the first part.</summary>
    public bool StartsWithZeros { get; }

    /// <summary>A tensor that the file keeps under one name.</summary>
    public static TensorParts Whole(string name) => new([name], 0, startsWithZeros: false);

    /// <summary>Parts along the first axis.</summary>
    public static TensorParts Rows(params string[] names) => new(names, 0, startsWithZeros: false);

    /// <summary>A tensor (1, N, C) whose first row is zero and left out in the file.</summary>
    public static TensorParts AfterZeros(string name) => new([name], 1, startsWithZeros: true);

    /// <summary>The whole tensor's shape. Null where the parts do not fit together.</summary>
    public IReadOnlyList<long>? ShapeIn(CheckpointFile file)
    {
        IReadOnlyList<long> first = file.Info(Names[0]).Shape;
        if (Names.Count == 1 && !StartsWithZeros)
        {
            return first;
        }

        long[] whole = [.. first];
        if (whole.Length <= Axis || whole[..Axis].Any(size => size != 1))
        {
            return null;
        }

        whole[Axis] = StartsWithZeros ? 1 : 0;
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
