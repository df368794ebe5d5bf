using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>A pre-norm transformer block: x + attention(norm1 x), then x + mlp(norm2 x), each branch under stochastic depth.</summary>
internal sealed class Block : nn.Module
{
    public readonly LayerNorm norm1;
    public readonly Attention attn;
    public readonly LayerNorm norm2;
    public readonly Mlp mlp;

    private readonly StochasticDepth _depth;

    public Block(int width, int heads, StochasticDepth depth, Kernels kernels)
        : base(nameof(Block))
    {
        _depth = depth;
        norm1 = new LayerNorm(width, kernels);
        attn = new Attention(width, heads, kernels);
        norm2 = new LayerNorm(width, kernels);
        mlp = new Mlp(width, kernels);
        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        tokens = _depth.Add(tokens, attn.Forward(norm1.Forward(tokens), pass), pass, 0);
        return _depth.Add(tokens, mlp.Forward(norm2.Forward(tokens), pass), pass, 1);
    }
}
