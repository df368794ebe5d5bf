using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>The end of a branch of a post-norm layer: projection, dropout, residual sum, normalisation of the sum.</summary>
internal sealed class BertOutput : nn.Module
{
    public readonly Projection dense; // (D, inputs)
    public readonly LayerNorm LayerNorm;

    private readonly double _dropout;
    private readonly int _dropoutKey;

    public BertOutput(int inputs, ReportDecoderShape shape, int dropoutKey, Kernels kernels)
        : base(nameof(BertOutput))
    {
        (_dropout, _dropoutKey) = (shape.Dropout, dropoutKey);
        dense = new Projection(inputs, shape.Width, kernels);
        LayerNorm = new LayerNorm(shape.Width, BertLayer.Epsilon, kernels);
        RegisterComponents();
    }

    /// <summary>LayerNorm(tokens + dropout(dense(branch))): (B, N, inputs) and (B, N, D) -> (B, N, D), float32.</summary>
    public Tensor Forward(Tensor branch, Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor projected = KeyedDropout.Apply(dense.Forward(branch, pass), _dropout, pass, _dropoutKey);
        return LayerNorm.Forward(tokens.Plus(projected)).MoveToOuterDisposeScope();
    }
}
