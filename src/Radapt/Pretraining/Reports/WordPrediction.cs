using Radapt.Compute;
using Radapt.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LayerNorm = Radapt.Models.LayerNorm;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// BERT's output: a transform of each state, and a score for every word piece. The scores' weights are not those of the embeddings (in
/// MRM they are not tied). Checkpoints hold the scores' bias under two names.
/// </summary>
internal sealed class WordPrediction : nn.Module
{
    public readonly Parameter bias; // (V), the same tensor as the decoder's
    public readonly Transformed transform;
    public readonly Projection decoder; // (V, D)

    private readonly Kernels _kernels;

    public WordPrediction(ReportDecoderShape shape, Kernels kernels)
        : base(nameof(WordPrediction))
    {
        _kernels = kernels;
        transform = new Transformed(shape.Width, kernels);
        decoder = new Projection(shape.Width, shape.Vocabulary, kernels);
        bias = decoder.bias;
        RegisterComponents();
    }

    /// <summary>States to scores. (M, D) -> (M, V), float32.</summary>
    public Tensor Forward(Tensor states, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = _kernels.Gelu(transform.dense.Forward(states.to(_kernels.Plan.Type), pass)); // (M, D)
        Tensor normed = transform.LayerNorm.Forward(hidden.to(ScalarType.Float32)).to(_kernels.Plan.Type);
        return decoder.Forward(normed, pass).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The transform's tensors.</summary>
    internal sealed class Transformed : nn.Module
    {
        public readonly Projection dense;
        public readonly LayerNorm LayerNorm;

        public Transformed(int width, Kernels kernels)
            : base(nameof(Transformed))
        {
            dense = new Projection(width, width, kernels);
            LayerNorm = new LayerNorm(width, BertLayer.Epsilon, kernels);
            RegisterComponents();
        }
    }
}
