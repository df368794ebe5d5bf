using Radapt.Adaptation;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Bench;

/// <summary>Writes a classifier with mean pooling and merged adapters as an ONNX model: images (B, 3, S, S) to logits (B, F).</summary>
internal static class OnnxTransformer
{
    /// <summary>The input's name.</summary>
    public const string Images = "images";

    /// <summary>The model's bytes, the batch size fixed in them.</summary>
    public static byte[] Write(Classifier classifier, int batchSize)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var graph = new OnnxGraph();
        VisionTransformer encoder = classifier.Encoder;
        BackboneShape shape = encoder.Shape;
        string images = graph.Input(Images, batchSize, 3, shape.ImageSize, shape.ImageSize);
        string tokens = Embed(graph, encoder, images, batchSize);
        foreach (Block block in encoder.blocks)
        {
            tokens = Add(graph, tokens, Attention(graph, block.attn, LayerNorm(graph, block.norm1, tokens), shape, batchSize));
            string hidden = graph.Node("Gelu", [Linear(graph, block.mlp.Up, LayerNorm(graph, block.norm2, tokens))]);
            tokens = Add(graph, tokens, Linear(graph, block.mlp.Down, hidden));
        }

        string patches = graph.Node("Slice", [tokens, graph.Integers(1), graph.Integers(shape.Tokens), graph.Integers(1)]);
        string mean = graph.Node("ReduceMean", [patches, graph.Integers(1)], ("keepdims", 0L));
        string logits = Linear(graph, classifier.Head.head, LayerNorm(graph, classifier.Head.fc_norm!, mean));
        graph.Output(logits, batchSize, classifier.Head.head.weight.shape[0]);
        return graph.ToBytes();
    }

    private static string Embed(OnnxGraph graph, VisionTransformer encoder, string images, int batchSize)
    {
        (long patch, long width) = (encoder.Shape.PatchSize, encoder.Shape.Width);
        string grid = graph.Node(
            "Conv", [images, Constant(graph, encoder.patch_embed.proj.weight), Constant(graph, encoder.patch_embed.proj.bias)],
            ("kernel_shape", new[] { patch, patch }), ("strides", new[] { patch, patch }));
        string patches = Transpose(graph, Reshape(graph, grid, batchSize, width, encoder.Shape.Tokens - 1), 0, 2, 1);
        string all = graph.Node("Concat", [Constant(graph, encoder.cls_token.expand(batchSize, -1, -1)), patches], ("axis", 1L));
        return Add(graph, all, Constant(graph, encoder.pos_embed));
    }

    private static string Attention(OnnxGraph graph, Attention attention, string tokens, BackboneShape shape, int batchSize)
    {
        (long n, long c, long head) = (shape.Tokens, shape.Width, shape.Width / shape.Heads);
        string[] thirds = graph.Nodes("Split", [Linear(graph, attention.qkv, tokens)], 3, ("axis", 2L), ("num_outputs", 3L));
        string[] heads = [.. thirds.Select(t => Reshape(graph, t, batchSize, n, shape.Heads, head))];
        (string query, string key, string value) =
            (Transpose(graph, heads[0], 0, 2, 1, 3), Transpose(graph, heads[1], 0, 2, 3, 1), Transpose(graph, heads[2], 0, 2, 1, 3));
        string scores = graph.Node("Mul", [graph.Node("MatMul", [query, key]), graph.Constant([(float)(1 / Math.Sqrt(head))])]);
        string attended = graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1L)), value]);
        return Linear(graph, attention.proj, Reshape(graph, Transpose(graph, attended, 0, 2, 1, 3), batchSize, n, c));
    }

    private static string Linear(OnnxGraph graph, Projection projection, string input)
    {
        Tensor weight = projection.Adapter is MergedProjection merged ? merged.Weight : projection.weight;
        return Add(graph, graph.Node("MatMul", [input, Constant(graph, weight.t())]), Constant(graph, projection.bias));
    }

    private static string LayerNorm(OnnxGraph graph, LayerNorm norm, string input) =>
        graph.Node("LayerNormalization", [input, Constant(graph, norm.weight), Constant(graph, norm.bias)], ("axis", -1L),
            ("epsilon", 1e-6f));

    private static string Add(OnnxGraph graph, string first, string second) => graph.Node("Add", [first, second]);

    private static string Reshape(OnnxGraph graph, string input, params long[] shape) =>
        graph.Node("Reshape", [input, graph.Integers(shape)]);

    private static string Transpose(OnnxGraph graph, string input, params long[] order) =>
        graph.Node("Transpose", [input], ("perm", order));

    private static string Constant(OnnxGraph graph, Tensor tensor) =>
        graph.Constant(tensor.contiguous().data<float>().ToArray(), tensor.shape);
}
