namespace Radapt.Checkpoints;

/// <summary>
/// The allow list: what Radapt builds when a pickle names one of torch's functions or asks for a storage. Everything else stays opaque.
/// </summary>
internal sealed class TorchObjects(PickleInput input)
{
    private const int MaxAxes = 64; // torch's own limit

    // Repeating one element along an axis takes no room in the file; more than this much repetition is no weight.
    private const long MaxRepeated = 64 << 20;

    private readonly Dictionary<string, PickledStorage> _storages = new(StringComparer.Ordinal);

    /// <summary>Every storage that was asked for, by key.</summary>
    public IReadOnlyDictionary<string, PickledStorage> Storages => _storages;

    /// <summary>What calling a class or function gives.</summary>
    public object? Call(PythonName target, object?[] arguments)
    {
        switch (target.Full)
        {
            case "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_tensor_v3":
                return Tensor(arguments, target.Name.EndsWith("v3", StringComparison.Ordinal));

            // A parameter or a subclass that adds no data of its own: the tensor within.
            case "torch._utils._rebuild_parameter"
                or "torch._utils._rebuild_parameter_with_state" when arguments is [PickledTensor tensor, ..]:
                return tensor;
            case "torch._tensor._rebuild_from_type_v2" or "torch._tensor._rebuild_from_type"
                when arguments is [PythonName { Full: "torch._utils._rebuild_tensor_v2" }, PythonName type, object?[] inner, ..]:
                return type.Full is "torch.Tensor" or "torch._tensor.Tensor" or "torch.nn.parameter.Parameter"
                    or "torch.nn.parameter.Buffer"
                    ? Tensor(inner, typed: false) : new OpaqueValue(type.Full);

            case "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict" or "__builtin__.dict":
                return Dictionary(arguments);
            case "torch.Size" when arguments is [object?[] sizes]:
                return sizes;
            default:
                return new OpaqueValue(target.Full);
        }
    }

    /// <summary>What a persistent id stands for: ('storage', type, key, location, elements[, view]).</summary>
    public object? PersistentLoad(object? id)
    {
        if (id is object?[] and ["module", ..]) // the source of a class, in files that hold a whole model
        {
            return new OpaqueValue("torch.nn.Module");
        }

        if (id is not object?[] { Length: >= 5 } parts || parts is not ["storage", PythonName type, string key, _, long elements, ..])
        {
            throw input.Malformed("the description of a storage is malformed");
        }

        if (type.Module is not ("torch" or "torch.cuda" or "torch.storage"))
        {
            throw input.Malformed($"a storage is of type {type.Full}, which is none of torch's");
        }

        if (!TryElementType(type.Name, out ElementType? element))
        {
            return type.Name.EndsWith("Storage", StringComparison.Ordinal)
                ? new OpaqueValue(type.Full) : throw input.Malformed($"a storage is of type {type.Full}, which is none of torch's");
        }

        int size = element?.Size() ?? 1;
        if (elements < 0 || elements > long.MaxValue / size)
        {
            throw input.Malformed($"storage {key} has an impossible number of elements");
        }

        var storage = new PickledStorage(key, elements * size, size);
        if (!_storages.TryAdd(key, storage) && (storage = _storages[key]).Bytes != elements * size)
        {
            throw input.Malformed($"storage {key} is given two sizes");
        }

        return Part(storage, element, elements, parts.Length > 5 ? parts[5] : null);
    }

    /// <summary>Before version 0.4 torch could save a storage as a part of another: (key of the part, first element, elements).</summary>
    private PickledStorageView Part(PickledStorage storage, ElementType? type, long elements, object? part) => part switch
    {
        null => new PickledStorageView(storage, type, 0, elements),
        object?[] and [string, long first, long count] when first >= 0 && count >= 0 && first <= elements - count =>
            new PickledStorageView(storage, type, first, count),
        _ => throw input.Malformed($"the description of a part of storage {storage.Key} is malformed"),
    };

    /// <summary>(storage, offset, sizes, strides, …); the third version carries the element type as seventh.</summary>
    private object Tensor(object?[] arguments, bool typed)
    {
        if (arguments is [OpaqueValue foreign, ..])
        {
            return foreign; // of complex or quantised numbers
        }

        if (arguments is not [PickledStorageView view, long offset, var sizes, var steps, ..]
            || Numbers(sizes) is not { } shape || Numbers(steps) is not { } strides || strides.Length != shape.Length)
        {
            throw input.Malformed("the description of a tensor is malformed");
        }

        ElementType? type = view.Type;
        if (typed)
        {
            if (arguments is not [_, _, _, _, _, _, PythonName { Module: "torch" } name, ..])
            {
                throw input.Malformed("a tensor has no element type");
            }

            if (!TryElementType(name.Name, out type))
            {
                return new OpaqueValue(name.Full);
            }
        }

        if (type is not ElementType known)
        {
            throw input.Malformed("a tensor has no element type");
        }

        // The third version reads a storage's bytes as its own type, whatever type the storage was declared with.
        long size = known.Size(), declared = view.Type?.Size() ?? 1;
        long before = view.Offset * declared, available = view.Elements * declared / size;
        if (before % size != 0)
        {
            throw input.Malformed("a tensor begins within an element of its storage");
        }

        RequireInBounds(shape, strides, offset, available, known);
        return new PickledTensor(view.Storage, known, (before / size) + offset, shape, strides);
    }

    private void RequireInBounds(long[] shape, long[] strides, long offset, long available, ElementType type)
    {
        Int128 elements = 1;
        Int128 last = offset;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] < 0 || strides[i] < 0)
            {
                throw input.Malformed($"a tensor of shape {TensorInfo.ShapeOf(shape)} has a negative size or stride");
            }

            elements *= shape[i];
            last += (shape[i] - (Int128)1) * strides[i];
            if (elements > long.MaxValue / 8)
            {
                throw input.Malformed($"a tensor of shape {TensorInfo.ShapeOf(shape)} has more elements than 63 bits can count");
            }
        }

        if (offset < 0 || offset > available || (elements > 0 && last >= available))
        {
            throw input.Malformed($"a tensor of shape {TensorInfo.ShapeOf(shape)} reaches outside its storage of {available} elements");
        }

        if (elements > available && elements * type.Size() > MaxRepeated)
        {
            throw input.Malformed(
                $"a tensor of shape {TensorInfo.ShapeOf(shape)} repeats the {available} elements of its storage too often");
        }
    }

    private static long[]? Numbers(object? sequence)
    {
        IReadOnlyList<object?>? items = sequence switch
        {
            object?[] tuple => tuple,
            PickledList list => list.Items,
            _ => null,
        };
        return items is { Count: <= MaxAxes } && items.All(i => i is long) ? [.. items.Cast<long>()] : null;
    }

    private static bool TryElementType(string name, out ElementType? type)
    {
        type = name switch
        {
            "DoubleStorage" or "float64" or "double" => ElementType.Float64,
            "FloatStorage" or "float32" or "float" => ElementType.Float32,
            "HalfStorage" or "float16" or "half" => ElementType.Float16,
            "BFloat16Storage" or "bfloat16" => ElementType.BFloat16,
            "LongStorage" or "int64" or "long" => ElementType.Int64,
            "IntStorage" or "int32" or "int" => ElementType.Int32,
            "ShortStorage" or "int16" or "short" => ElementType.Int16,
            "CharStorage" or "int8" => ElementType.Int8,
            "ByteStorage" or "uint8" => ElementType.UInt8,
            "BoolStorage" or "bool" => ElementType.Bool,
            _ => null,
        };
        return type is not null || name is "UntypedStorage" or "_UntypedStorage";
    }

    private PickledDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickledDictionary();
        if (arguments is [PickledList pairs, ..])
        {
            input.Budget.Spend(pairs.Items.Count); // one list of pairs may be copied by any number of calls
            foreach (object? pair in pairs.Items)
            {
                dictionary.Items.Add(pair switch
                {
                    object?[] and [var key, var value] => (key, value),
                    PickledList { Items: [var key, var value] } => (key, value),
                    _ => throw input.Malformed("an ordered dictionary is not made of pairs"),
                });
            }
        }

        return dictionary;
    }
}
