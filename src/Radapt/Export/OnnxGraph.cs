using System.Runtime.InteropServices;
using Google.Protobuf;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Export;

/// <summary>An ONNX graph, written node by node; every node returns the name of its result.</summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8; // of opset 17
    private const int Opset = 17;    // the first with LayerNormalization as an operator of its own

    private readonly ProtoMessage _graph;
    private readonly string _name;
    private int _names;

    /// <param name="name">
    /// Its name, with which the names of its values begin: those of a body must not be those of the graph around it.
    /// </param>
    public OnnxGraph(string name = "radapt") => (_name, _graph) = (name, new ProtoMessage().Add(OnnxFields.Graph.Name, name));

    /// <summary>Declares an input of floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Sizes: a number, or the name of a size that is free.</param>
    public string Input(string name, params object[] shape)
    {
        _graph.Add(OnnxFields.Graph.Input, Value(name, shape));
        return name;
    }

    /// <summary>Declares an output of floats under a name of its own.</summary>
    /// <inheritdoc cref="Input"/>
    public void Output(string name, string result, params object[] shape)
    {
        Add("Identity", [result], [name]);
        _graph.Add(OnnxFields.Graph.Output, Value(name, shape));
    }

    /// <summary>A constant number.</summary>
    public string Number(float value) => Initializer(OnnxFields.Tensor.Float, MemoryMarshal.AsBytes<float>([value]), []);

    /// <summary>Constant integers: a shape or axes.</summary>
    public string Integers(params long[] values) =>
        Initializer(OnnxFields.Tensor.Int64, MemoryMarshal.AsBytes<long>(values), [values.Length]);

    /// <summary>A constant tensor: of 8-bit integers where it is one, else as float32.</summary>
    public unsafe string Constant(Tensor tensor)
    {
        bool isInteger = tensor.dtype == ScalarType.Int8;
        using Tensor contiguous = tensor.detach().to(isInteger ? ScalarType.Int8 : ScalarType.Float32).cpu().contiguous();
        int bytes = checked((int)(contiguous.numel() * contiguous.element_size()));
        string name = Initializer(
            isInteger ? OnnxFields.Tensor.Int8 : OnnxFields.Tensor.Float,
            new ReadOnlySpan<byte>((void*)TensorAddress.Get(contiguous), bytes), contiguous.shape);
        GC.KeepAlive(contiguous);
        return name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="attributes">Its attributes: long, float, long[], or a graph that the node runs.</param>
    /// <returns>The name of its output.</returns>
    public string Node(string type, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(type, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Nodes(string type, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => NewName(type))];
        Add(type, inputs, names, attributes);
        return names;
    }

    /// <summary>The model as a file holds it.</summary>
    /// <param name="description">What it is, for people.</param>
    /// <param name="metadata">metadata_props.</param>
    public ProtoMessage ToModel(string description, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ProtoMessage model = new ProtoMessage()
            .Add(OnnxFields.Model.IrVersion, IrVersion)
            .Add(OnnxFields.Model.ProducerName, "radapt")
            .Add(OnnxFields.Model.ProducerVersion, typeof(OnnxGraph).Assembly.GetName().Version?.ToString(3) ?? "")
            .Add(OnnxFields.Model.DocString, description)
            .Add(OnnxFields.Model.Graph, _graph)
            .Add(OnnxFields.Model.OpsetImport, new ProtoMessage().Add(OnnxFields.OperatorSetId.Version, Opset));
        foreach ((string key, string value) in metadata)
        {
            model.Add(
                OnnxFields.Model.MetadataProps,
                new ProtoMessage().Add(OnnxFields.StringStringEntry.Key, key).Add(OnnxFields.StringStringEntry.Value, value));
        }

        return model;
    }

    private void Add(string type, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        ProtoMessage node = new ProtoMessage().Add(OnnxFields.Node.OpType, type).Add(OnnxFields.Node.Name, outputs[0]);
        foreach (string input in inputs)
        {
            node.Add(OnnxFields.Node.Input, input);
        }

        foreach (string output in outputs)
        {
            node.Add(OnnxFields.Node.Output, output);
        }

        foreach ((string name, object value) in attributes)
        {
            node.Add(OnnxFields.Node.Attribute, Attribute(name, value));
        }

        _graph.Add(OnnxFields.Graph.Node, node);
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        ProtoMessage attribute = new ProtoMessage().Add(OnnxFields.Attribute.Name, name);
        return value switch
        {
            long number => attribute.Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.Int).Add(OnnxFields.Attribute.I, number),
            float number => attribute.Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.Float).Add(OnnxFields.Attribute.F, number),
            OnnxGraph body => attribute.Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.Graph).Add(OnnxFields.Attribute.G, body._graph),
            _ => attribute.Add(OnnxFields.Attribute.Type, OnnxFields.Attribute.IntsType).Add(OnnxFields.Attribute.Ints, (long[])value),
        };
    }

    private static ProtoMessage Value(string name, object[] shape)
    {
        var dimensions = new ProtoMessage();
        foreach (object size in shape)
        {
            dimensions.Add(OnnxFields.TensorShape.Dim, size is string free
                ? new ProtoMessage().Add(OnnxFields.Dimension.DimParam, free)
                : new ProtoMessage().Add(
                    OnnxFields.Dimension.DimValue, Convert.ToInt64(size, System.Globalization.CultureInfo.InvariantCulture)));
        }

        ProtoMessage tensor = new ProtoMessage()
            .Add(OnnxFields.TensorType.ElemType, OnnxFields.Tensor.Float)
            .Add(OnnxFields.TensorType.Shape, dimensions);
        return new ProtoMessage()
            .Add(OnnxFields.ValueInfo.Name, name)
            .Add(OnnxFields.ValueInfo.Type, new ProtoMessage().Add(OnnxFields.Type.TensorType, tensor));
    }

    private string Initializer(int type, ReadOnlySpan<byte> bytes, long[] shape)
    {
        string name = NewName("constant");
        _graph.Add(
            OnnxFields.Graph.Initializer,
            new ProtoMessage()
                .Add(OnnxFields.Tensor.Dims, shape)
                .Add(OnnxFields.Tensor.DataType, type)
                .Add(OnnxFields.Tensor.Name, name)
                .Add(OnnxFields.Tensor.RawData, ByteString.CopyFrom(bytes)));
        return name;
    }

    private string NewName(string what) => $"{_name}.{what}_{_names++}";
}
