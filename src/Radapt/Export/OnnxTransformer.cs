using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Export;

/// <summary>
/// Draws a classifier, adapters merged, as an ONNX graph: images (B, 1 or 3, S, S) to logits and probabilities (B, F), B free. In 8 bits,
/// the products of the blocks are integers (<see cref="EightBitProduct"/>); patch embedding, norms, attention and head stay float32.
/// </summary>
internal sealed class OnnxTransformer
{
    public const string Images = "images", Logits = "logits", Probabilities = "probabilities", Batch = "batch";

    private static readonly long[] s_tokenAxis = [1];

    private readonly OnnxGraph _graph;
    private readonly Classifier _classifier;
    private readonly BackboneShape _shape;
    private readonly bool _isEightBit;

    private OnnxTransformer(OnnxGraph graph, Classifier classifier, bool isEightBit) =>
        (_graph, _classifier, _shape, _isEightBit) = (graph, classifier, classifier.Encoder.Shape, isEightBit);

    /// <param name="classifier">float32; its adapters can be merged.</param>
    /// <param name="channels">1: gray, as Radapt computes; 3: three equal channels, as upstream's models take them.</param>
    /// <param name="isEightBit">The products of the blocks are of 8-bit integers.</param>
    public static OnnxGraph Draw(Classifier classifier, int channels, bool isEightBit = false)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int side = classifier.Encoder.Shape.ImageSize;
        long findings = classifier.Head.head.weight.shape[0];
        var graph = new OnnxGraph();
        string images = graph.Input(Images, Batch, channels, side, side);
        string logits = isEightBit ? OneByOne(graph, images, classifier, channels)
            : new OnnxTransformer(graph, classifier, isEightBit: false).LogitsOf(images, channels);
        graph.Output(Logits, logits, Batch, findings);
        graph.Output(Probabilities, graph.Node("Sigmoid", [logits]), Batch, findings);
        return graph;
    }

    // Activations are rounded to 256 steps between the least and the largest of a tensor. With the images of a batch in one tensor, what is
    // said of an image would depend on the others; so the graph goes through them one by one, and an image's own values are its range.
    private static string OneByOne(OnnxGraph graph, string images, Classifier classifier, int channels)
    {
        (long side, long findings) = (classifier.Encoder.Shape.ImageSize, classifier.Head.head.weight.shape[0]);
        var body = new OnnxGraph("image");
        var drawing = new OnnxTransformer(body, classifier, isEightBit: true);
        string image = drawing.Reshape(body.Input("image", channels, side, side), 1, channels, side, side);
        body.Output("image.logits", drawing.Reshape(drawing.LogitsOf(image, channels), findings), findings);
        return graph.Node("Scan", [images], ("body", body), ("num_scan_inputs", 1L));
    }

    private string LogitsOf(string images, int channels)
    {
        VisionTransformer encoder = _classifier.Encoder;
        string tokens = Embed(encoder, images, channels);
        foreach (Block block in encoder.blocks)
        {
            tokens = Add(tokens, Scaled(block.ls1, Attention(block.attn, Norm(block.norm1, tokens))));
            tokens = Add(tokens, Scaled(block.ls2, FeedForward(block.mlp, Norm(block.norm2, tokens))));
        }

        return Linear(_classifier.Head.head, Pooled(encoder.norm is { } norm ? Norm(norm, tokens) : tokens));
    }

    private string Embed(VisionTransformer encoder, string images, int channels)
    {
        (long patch, long width) = (_shape.PatchSize, _shape.Width);
        Tensor weight = encoder.patch_embed.proj.weight; // (C, 3, P, P)
        string grid = _graph.Node(
            "Conv", [images, _graph.Constant(channels == 1 ? weight.sum(1, keepdim: true) : weight),
                _graph.Constant(encoder.patch_embed.proj.bias)],
            ("kernel_shape", new[] { patch, patch }), ("strides", new[] { patch, patch }));
        string patches = Transpose(Reshape(grid, 0, width, _shape.Grid * _shape.Grid), 0, 2, 1); // (B, L, C); a 0 keeps that size
        string placed = encoder.pos_embed is null ? patches : Add(patches, _graph.Constant(encoder.pos_embed[.., 1.., ..]));
        Tensor first = encoder.pos_embed is null ? encoder.cls_token : encoder.cls_token.Plus(encoder.pos_embed[.., ..1, ..]); // (1, 1, C)
        first = encoder.register_tokens is { } registers ? cat([first, registers], 1) : first; // (1, 1 + R, C)
        string batch = _graph.Node("Shape", [patches], ("end", 1L));
        string all = _graph.Node("Concat", [batch, _graph.Integers(1 + _shape.Registers, width)], ("axis", 0L));
        string start = _graph.Node("Expand", [_graph.Constant(first), all]); // (B, 1 + R, C)
        return _graph.Node("Concat", [start, placed], ("axis", 1L)); // (B, N, C)
    }

    private string Attention(Attention attention, string tokens)
    {
        (long n, long c, long head) = (_shape.Tokens, _shape.Width, _shape.Width / _shape.Heads);
        string[] thirds = _graph.Nodes("Split", [Product(attention.qkv, tokens), _graph.Integers(c, c, c)], 3, ("axis", 2L));
        string[] heads = [.. thirds.Select(t => Reshape(t, 0, n, _shape.Heads, head))]; // (B, N, H, C/H)
        (string query, string key, string value) = (Transpose(Rotated(attention, heads[0]), 0, 2, 1, 3),
            Transpose(Rotated(attention, heads[1]), 0, 2, 3, 1), Transpose(heads[2], 0, 2, 1, 3));
        // (B, H, N, N)
        string scores = _graph.Node("Mul", [_graph.Node("MatMul", [query, key]), _graph.Number((float)(1 / Math.Sqrt(head)))]);
        string attended = _graph.Node("MatMul", [_graph.Node("Softmax", [scores], ("axis", -1L)), value]);
        return Product(attention.proj, Reshape(Transpose(attended, 0, 2, 1, 3), 0, n, c));
    }

    // Queries or keys (B, N, H, D): x cos + partner sin, where there are rotary positions.
    private string Rotated(Attention attention, string heads)
    {
        if (attention.Rotary is not { } rotary)
        {
            return heads;
        }

        (float[] cos, float[] sin) = rotary.Tables(_shape.Tokens);
        string Table(float[] values) => _graph.Constant(tensor(values).view(1, _shape.Tokens, 1, -1));
        string partners = _graph.Node("Gather", [heads, _graph.Integers(rotary.Partners)], ("axis", -1L));
        return Add(_graph.Node("Mul", [heads, Table(cos)]), _graph.Node("Mul", [partners, Table(sin)]));
    }

    private string FeedForward(FeedForward mlp, string tokens)
    {
        string hidden = Product(mlp.Up, tokens);
        string inner = mlp is SwiGlu ? Gated(hidden) : Gelu(hidden);
        return Product(mlp.Down, mlp is SwiGlu { ffn_ln: { } norm } ? Norm(norm, inner) : inner);
    }

    // SiLU of the first half times the second.
    private string Gated(string hidden)
    {
        string[] halves = _graph.Nodes("Split", [hidden, _graph.Integers(_shape.HiddenWidth, _shape.HiddenWidth)], 2, ("axis", 2L));
        return _graph.Node("Mul", [_graph.Node("Mul", [halves[0], _graph.Node("Sigmoid", [halves[0]])]), halves[1]]);
    }

    private string Scaled(LayerScale? scale, string branch) => scale is null ? branch
        : _graph.Node("Mul", [branch, _graph.Constant(scale.gamma)]);

    private string Pooled(string tokens) => _classifier.Pooling switch
    {
        Pooling.Mean => Norm(_classifier.Head.fc_norm!, Mean(tokens)),
        Pooling.NormedMean => Mean(tokens),
        Pooling.ClassToken => Class(tokens),
        _ => _graph.Node("Concat", [Class(tokens), Mean(tokens)], ("axis", 1L)), // (B, 2C)
    };

    private string Class(string tokens) => _graph.Node("Gather", [tokens, Scalar(0)], ("axis", 1L)); // (B, C)

    private string Mean(string tokens)
    {
        string patches =
            _graph.Node("Slice", [tokens, _graph.Integers(1 + _shape.Registers), _graph.Integers(_shape.Tokens), _graph.Integers(1)]);
        return _graph.Node("ReduceMean", [patches], ("axes", s_tokenAxis), ("keepdims", 0L)); // (B, C)
    }

    // Exact GELU, x (1 + erf(x / sqrt 2)) 0.5; it is an operator of its own from opset 20 on only. ONNX Runtime makes one operator of
    // exactly these five: a product with sqrt 0.5 in place of the quotient would cost it four passes more.
    private string Gelu(string input)
    {
        string error = _graph.Node("Erf", [_graph.Node("Div", [input, _graph.Number((float)Math.Sqrt(2))])]);
        return _graph.Node("Mul", [_graph.Node("Mul", [input, Add(error, _graph.Number(1))]), _graph.Number(0.5f)]);
    }

    // A product of a block, in the precision that was asked for.
    private string Product(Projection projection, string input)
    {
        if (!_isEightBit)
        {
            return Linear(projection, input);
        }

        (Tensor weight, Tensor bias) = AdapterMerge.Merged(projection);
        return EightBitProduct.Draw(_graph, input, weight, bias);
    }

    private string Linear(Projection projection, string input)
    {
        (Tensor weight, Tensor bias) = AdapterMerge.Merged(projection);
        return Add(_graph.Node("MatMul", [input, _graph.Constant(weight.t())]), _graph.Constant(bias));
    }

    private string Norm(LayerNorm norm, string input) =>
        _graph.Node("LayerNormalization", [input, _graph.Constant(norm.weight), _graph.Constant(norm.bias)], ("axis", -1L),
            ("epsilon", (float)norm.Epsilon));

    private string Scalar(long value) => _graph.Node("Squeeze", [_graph.Integers(value)]);

    private string Add(string first, string second) => _graph.Node("Add", [first, second]);

    private string Reshape(string input, params long[] shape) => _graph.Node("Reshape", [input, _graph.Integers(shape)]);

    private string Transpose(string input, params long[] order) => _graph.Node("Transpose", [input], ("perm", order));
}
