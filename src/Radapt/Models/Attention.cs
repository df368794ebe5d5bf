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

    /// <param name="width">C</param>
    /// <param name="heads">H</param>
    /// <param name="rotary">What rotates queries and keys; null: nothing.</param>
    /// <param name="kernels">What computes it.</param>
    public Attention(int width, int heads, RotaryPositions? rotary, Kernels kernels)
        : base(nameof(Attention))
    {
        (_heads, Rotary) = (heads, rotary);
        _kernels = kernels;
        qkv = new Projection(width, 3 * width, kernels);
        proj = new Projection(width, width, kernels);
        RegisterComponents();
    }

    /// <summary>What rotates queries and keys; null: nothing.</summary>
    public RotaryPositions? Rotary { get; }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor projected = qkv.Forward(tokens, pass); // (B, N, 3 C)
        Tensor attended = _kernels.SelfAttention(Rotary is null ? projected : Rotary.Rotate(projected), _heads); // (B, N, C)
        return proj.Forward(attended, pass).MoveToOuterDisposeScope();
    }
}
