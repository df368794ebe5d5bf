using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// A pre-norm transformer block: x + attention(norm1 x), then x + mlp(norm2 x), each branch under stochastic depth. What runs through
/// the residual sums is float32 in every precision: rounded to bfloat16 there, the norms' gradients lose a fifth of their value.
/// </summary>
internal sealed class Block : nn.Module
{
    public readonly LayerNorm norm1;
    public readonly Attention attn;
    public readonly LayerNorm norm2;
    public readonly Mlp mlp;

    private readonly StochasticDepth _depth;
    private readonly Kernels _kernels;

    public Block(int width, int heads, StochasticDepth depth, Kernels kernels)
        : base(nameof(Block))
    {
        (_depth, _kernels) = (depth, kernels);
        norm1 = new LayerNorm(width, kernels);
        attn = new Attention(width, heads, kernels);
        norm2 = new LayerNorm(width, kernels);
        mlp = new Mlp(width, kernels);
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
        tokens = _depth.Add(tokens, Adapt(AttentionAdapter, input, attn.Forward(input, pass)), pass, 0);
        input = _kernels.Activations(norm2.Forward(tokens));
        return _depth.Add(tokens, Adapt(MlpAdapter, input, mlp.Forward(input, pass)), pass, 1).MoveToOuterDisposeScope();
    }

    private static Tensor Adapt(IBranchAdapter? adapter, Tensor input, Tensor output) => adapter is null ? output : adapter.Forward(input, output);
}
