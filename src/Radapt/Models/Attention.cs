using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Multi-head self-attention with one fused projection for queries, keys and values (in this order in its rows).</summary>
internal sealed class Attention : nn.Module
{
    public readonly Projection qkv;
    public readonly Projection proj;

    private readonly int _heads;
    private readonly Kernels _kernels;

    public Attention(int width, int heads, Kernels kernels)
        : base(nameof(Attention))
    {
        _heads = heads;
        _kernels = kernels;
        qkv = new Projection(width, 3 * width, kernels);
        proj = new Projection(width, width, kernels);
        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor attended = _kernels.SelfAttention(qkv.Forward(tokens, pass), _heads); // (B, N, C)
        return proj.Forward(attended, pass).MoveToOuterDisposeScope();
    }
}
