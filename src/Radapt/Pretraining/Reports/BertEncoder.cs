using Radapt.Compute;
using Radapt.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>BERT without its output: embeddings, layers, and a pooler that nothing here uses but checkpoints hold.</summary>
internal sealed class BertEncoder : nn.Module
{
    private const double NotAttended = -1e4; // added to the scores of padding, as in BERT

    public readonly BertEmbeddings embeddings;
    public readonly Layers encoder;
    public readonly Pooler pooler;

    public BertEncoder(ReportDecoderShape shape, int padding, Kernels kernels)
        : base(nameof(BertEncoder))
    {
        embeddings = new BertEmbeddings(shape, padding, kernels);
        encoder = new Layers(shape, kernels);
        pooler = new Pooler(shape.Width, kernels);
        RegisterComponents();
    }

    /// <summary>Word pieces and the image to states of the last layer.</summary>
    /// <param name="ids">(B, N), int64</param>
    /// <param name="isWord">(B, N), float32: 1 for words, 0 for padding</param>
    /// <param name="image">(B, D): added to every token</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, N, D), float32</returns>
    public Tensor Forward(Tensor ids, Tensor isWord, Tensor image, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor padding = (ones_like(isWord) - isWord).Times(NotAttended).unsqueeze(1).unsqueeze(1); // (B, 1, 1, N)
        Tensor tokens = embeddings.Forward(ids, image, pass);
        foreach (BertLayer layer in encoder.layer)
        {
            tokens = layer.Forward(tokens, padding, pass);
        }

        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>The layers, one after the other.</summary>
    internal sealed class Layers : nn.Module
    {
        public readonly ModuleList<BertLayer> layer;

        public Layers(ReportDecoderShape shape, Kernels kernels)
            : base(nameof(Layers))
        {
            layer = new ModuleList<BertLayer>([.. Enumerable.Range(0, shape.Depth).Select(i => new BertLayer(shape, i, kernels))]);
            RegisterComponents();
        }
    }

    /// <summary>What BERT reads a whole text's meaning from. MRM never does, so it keeps its initial values.</summary>
    internal sealed class Pooler : nn.Module
    {
        public readonly Projection dense;

        public Pooler(int width, Kernels kernels)
            : base(nameof(Pooler))
        {
            dense = new Projection(width, width, kernels);
            RegisterComponents();
        }
    }
}
