using System.Runtime.InteropServices;
using Google.Protobuf;
using Radapt.Compute;
using Radapt.Export.Onnx;
using static TorchSharp.torch;

namespace Radapt.Export;

/// <summary>An ONNX graph, written node by node; every node returns the name of its result.</summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8; // of opset 17
    private const int Opset = 17;    // the first with LayerNormalization as an operator of its own

    private readonly GraphProto _graph = new() { Name = "radapt" };
    private int _names;

    /// <summary>Declares an input of floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Sizes: a number, or the name of a size that is free.</param>
    public string Input(string name, params object[] shape)
    {
        _graph.Input.Add(Value(name, shape));
        return name;
    }

    /// <summary>Declares an output of floats under a name of its own.</summary>
    /// <inheritdoc cref="Input"/>
    public void Output(string name, string result, params object[] shape)
    {
        var node = new NodeProto { OpType = "Identity", Name = name };
        node.Input.Add(result);
        node.Output.Add(name);
        _graph.Node.Add(node);
        _graph.Output.Add(Value(name, shape));
    }

    /// <summary>A constant number.</summary>
    public string Number(float value) => Initializer(TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes<float>([value]), []);

    /// <summary>Constant integers: a shape or axes.</summary>
    public string Integers(params long[] values) =>
        Initializer(TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    /// <summary>A constant tensor, as float32.</summary>
    public unsafe string Constant(Tensor tensor)
    {
        using Tensor contiguous = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        var bytes = new ReadOnlySpan<byte>((void*)TensorAddress.Get(contiguous), checked((int)contiguous.numel() * sizeof(float)));
        string name = Initializer(TensorProto.Types.DataType.Float, bytes, contiguous.shape);
        GC.KeepAlive(contiguous);
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="attributes">Its attributes: long, float or long[].</param>
    /// <returns>The name of its output.</returns>
    public string Node(string type, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(type, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Nodes(string type, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => NewName(type))];
        var node = new NodeProto { OpType = type, Name = names[0] };
        node.Input.AddRange(inputs);
        node.Output.AddRange(names);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        _graph.Node.Add(node);
        return names;
    }

    /// <summary>The model as a file holds it.</summary>
    /// <param name="description">What it is, for people.</param>
    /// <param name="metadata">metadata_props.</param>
    public ModelProto ToModel(string description, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "radapt",
            ProducerVersion = typeof(OnnxGraph).Assembly.GetName().Version?.ToString(3) ?? "",
            DocString = description,
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        model.MetadataProps.AddRange(metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return model;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long number:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case float number:
                (attribute.Type, attribute.F) = (AttributeProto.Types.AttributeType.Float, number);
                break;
            default:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.AddRange((long[])value);
                break;
        }

        return attribute;
    }

    private static ValueInfoProto Value(string name, object[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.AddRange(shape.Select(d => d is string free
            ? new TensorShapeProto.Types.Dimension { DimParam = free }
            : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(d, System.Globalization.CultureInfo.InvariantCulture) }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions },
            },
        };
    }

    private string Initializer(TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, long[] shape)
    {
        var tensor = new TensorProto { Name = NewName("constant"), DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    private string NewName(string what) => $"{what}_{_names++}";
}
