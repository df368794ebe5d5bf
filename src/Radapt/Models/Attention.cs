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
        (long b, long n, long c) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        Tensor fused = qkv.Forward(tokens, pass).view(b, n, 3, _heads, c / _heads).permute(2, 0, 3, 1, 4); // (3, B, H, N, C/H)
        Tensor attended = _kernels.Attention(fused[0], fused[1], fused[2]); // (B, H, N, C/H)
        return proj.Forward(attended.transpose(1, 2).reshape(b, n, c), pass).MoveToOuterDisposeScope(); // (B, N, C)
    }
}
