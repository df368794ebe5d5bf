using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// A pre-norm transformer block: x + ls1 attention(norm1 x), then x + ls2 mlp(norm2 x), each branch under stochastic depth; the factors
/// <c>ls1</c> and <c>ls2</c> only where the model has LayerScale. What runs through the residual sums is float32 in every precision:
/// rounded to bfloat16 there, the norms' gradients lose a fifth of their value.
/// </summary>
internal sealed class Block : nn.Module
{
    public readonly LayerNorm norm1;
    public readonly Attention attn;
    public readonly LayerScale? ls1;
    public readonly LayerNorm norm2;
    public readonly FeedForward mlp;
    public readonly LayerScale? ls2;

    private readonly StochasticDepth _depth;
    private readonly Kernels _kernels;

    public Block(BackboneShape shape, StochasticDepth depth, Kernels kernels)
        : base(nameof(Block))
    {
        (_depth, _kernels) = (depth, kernels);
        norm1 = new LayerNorm(shape.Width, shape.Epsilon, kernels);
        attn = new Attention(shape.Width, shape.Heads, kernels);
        norm2 = new LayerNorm(shape.Width, shape.Epsilon, kernels);
        mlp = shape.SwiGlu ? new SwiGlu(shape.Width, shape.HiddenWidth, kernels) : new Mlp(shape.Width, shape.HiddenWidth, kernels);
        (ls1, ls2) = shape.LayerScale ? (new LayerScale(shape.Width, kernels), new LayerScale(shape.Width, kernels)) : (null, null);
        RegisterComponents();
    }

    /// <summary>The adapter of the attention branch; whoever attached it owns it.</summary>
    public IBranchAdapter? AttentionAdapter { get; set; }

    /// <summary>The adapter of the MLP branch.</summary>
    public IBranchAdapter? MlpAdapter { get; set; }

    /// <summary>(B, N, C) -> (B, N, C), float32.</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope(); // what no gradient needs is freed here, not at the end of the step
        Tensor input = _kernels.Activations(norm1.Forward(tokens));
        tokens = _depth.Add(tokens, Scaled(ls1, Adapt(AttentionAdapter, input, attn.Forward(input, pass))), pass, 0);
        input = _kernels.Activations(norm2.Forward(tokens));
        return _depth.Add(tokens, Scaled(ls2, Adapt(MlpAdapter, input, mlp.Forward(input, pass))), pass, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Adapt(IBranchAdapter? adapter, Tensor input, Tensor output) => adapter is null ? output : adapter.Forward(input, output);

    private static Tensor Scaled(LayerScale? scale, Tensor branch) => scale is null ? branch : scale.Forward(branch);
}
