namespace Radapt.Checkpoints;

/// <summary>A Python class or function by its name. It is never looked up.</summary>
internal sealed record PythonName(string Module, string Name)
{
    public string Full => $"{Module}.{Name}";
}

/// <summary>An object of a class that Radapt does not build: only the name of its class is kept.</summary>
internal sealed record OpaqueValue(string Class)
{
    // What checkpoints usually carry beside their weights: arguments, figures, paths, settings.
    private static readonly string[] s_usualModules =
        ["argparse", "numpy", "pathlib", "collections", "torch", "builtins", "__builtin__", "_codecs", "datetime", "copy_reg",
            "copyreg", "omegaconf"];

    private static readonly string[] s_usualBuiltins =
        ["set", "frozenset", "slice", "complex", "bytes", "bytearray", "object", "range", "int", "float", "str", "list", "tuple"];

    /// <summary>
    /// Whether it is one of those objects; a stranger among the tensors of a state dict may be a weight that would be lost.
    /// </summary>
    public bool IsUsual { get; } = s_usualModules.Contains(Class.Split('.')[0], StringComparer.Ordinal)
        && (Class.Split('.')[0] is not ("builtins" or "__builtin__")
            || s_usualBuiltins.Contains(Class.Split('.')[^1], StringComparer.Ordinal));
}

/// <summary>A list.</summary>
internal sealed class PickledList
{
    public List<object?> Items { get; } = new(0);
}

/// <summary>A dictionary as the pairs that were set, in order; later pairs replace earlier ones of the same key.</summary>
internal sealed class PickledDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = new(0);
}

/// <summary>A storage that tensors refer to.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Bytes">Its declared size.</param>
/// <param name="ElementSize">The bytes of the elements it counts.</param>
internal sealed record PickledStorage(string Key, long Bytes, int ElementSize);

/// <summary>A storage, or an old format's part of one, as elements of a type.</summary>
/// <param name="Storage">The whole.</param>
/// <param name="Type">Type of the elements; null where only the tensor tells.</param>
/// <param name="Offset">First element.</param>
/// <param name="Elements">Number of elements.</param>
internal sealed record PickledStorageView(PickledStorage Storage, ElementType? Type, long Offset, long Elements);

/// <summary>A tensor as a view of a storage; offset and strides in elements, proved to be in bounds.</summary>
internal sealed record PickledTensor(PickledStorage Storage, ElementType Type, long Offset, long[] Shape, long[] Strides);
