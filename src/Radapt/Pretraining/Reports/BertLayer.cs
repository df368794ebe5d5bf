using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// A post-norm transformer layer (BERT, Devlin et al. 2019): the sum of tokens and branch is normalised, where a vision transformer's block
/// normalises what a branch reads.
/// </summary>
internal sealed class BertLayer : nn.Module
{
    /// <summary>What BERT's normalisations add to the variance.</summary>
    public const double Epsilon = 1e-12;

    private const int Dropouts = 3; // of a layer

    public readonly BertAttention attention;
    public readonly Intermediate intermediate;
    public readonly BertOutput output;

    private readonly Kernels _kernels;

    /// <param name="shape">Dimensions of the decoder.</param>
    /// <param name="number">From 0.</param>
    /// <param name="kernels">What computes it.</param>
    public BertLayer(ReportDecoderShape shape, int number, Kernels kernels)
        : base(nameof(BertLayer))
    {
        _kernels = kernels;
        int dropoutKey = 1 + (Dropouts * number); // 0 is the embeddings'
        attention = new BertAttention(shape, dropoutKey, kernels);
        intermediate = new Intermediate(shape, kernels);
        output = new BertOutput(shape.Inner, shape, dropoutKey + 2, kernels);
        RegisterComponents();
    }

    /// <summary>(B, N, D) -> (B, N, D), float32.</summary>
    /// <param name="tokens">(B, N, D), float32</param>
    /// <param name="padding">(B, 1, 1, N): 0 for words, a large negative number for padding</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    public Tensor Forward(Tensor tokens, Tensor padding, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor attended = attention.Forward(tokens, padding, pass);
        Tensor hidden = _kernels.Gelu(intermediate.dense.Forward(attended.to(_kernels.Plan.Type), pass)); // (B, N, inner)
        return output.Forward(hidden, attended, pass).MoveToOuterDisposeScope();
    }

    /// <summary>The projection to the hidden channels.</summary>
    internal sealed class Intermediate : nn.Module
    {
        public readonly Projection dense; // (inner, D)

        public Intermediate(ReportDecoderShape shape, Kernels kernels)
            : base(nameof(Intermediate))
        {
            dense = new Projection(shape.Width, shape.Inner, kernels);
            RegisterComponents();
        }
    }
}
