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

    /// <summary>(B, N, C) -> (B, N, C), float32.</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope(); // what no gradient needs is freed here, not at the end of the step
        tokens = _depth.Add(tokens, attn.Forward(_kernels.Activations(norm1.Forward(tokens)), pass), pass, 0);
        return _depth.Add(tokens, mlp.Forward(_kernels.Activations(norm2.Forward(tokens)), pass), pass, 1).MoveToOuterDisposeScope();
    }
}
