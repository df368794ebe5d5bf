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

    /// <summary>
    /// Told the attention of every head, (B, H, N, N), rows summing to 1, and answers what to use in its place; it is then computed by
    /// single operations. Null: nobody looks.
    /// </summary>
    public Func<Tensor, Tensor>? Observer { get; set; }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor projected = qkv.Forward(tokens, pass); // (B, N, 3 C)
        Tensor rotated = Rotary is null ? projected : Rotary.Rotate(projected);
        Tensor attended = Observer is null ? _kernels.SelfAttention(rotated, _heads) : Observed(rotated); // (B, N, C)
        return proj.Forward(attended, pass).MoveToOuterDisposeScope();
    }

    private Tensor Observed(Tensor projected)
    {
        (long b, long n, long c) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        Tensor[] parts = projected.view(b, n, 3, _heads, c / _heads).permute(2, 0, 3, 1, 4).unbind(0); // three of (B, H, N, C/H)
        Tensor scores = parts[0].matmul(parts[1].transpose(-2, -1)).DividedBy(Math.Sqrt(c / (double)_heads)); // (B, H, N, N)
        Tensor attention = Observer!(scores.softmax(-1));
        return attention.matmul(parts[2]).transpose(1, 2).reshape(b, n, c); // (B, N, C)
    }
}
