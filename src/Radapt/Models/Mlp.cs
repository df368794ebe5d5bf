using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>The block's two-layer perceptron with exact GELU.</summary>
internal sealed class Mlp : FeedForward
{
    public readonly Projection fc1;
    public readonly Projection fc2;

    private readonly Kernels _kernels;

    public Mlp(int width, int hidden, Kernels kernels)
        : base(nameof(Mlp))
    {
        _kernels = kernels;
        fc1 = new Projection(width, hidden, kernels);
        fc2 = new Projection(hidden, width, kernels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Projection Up => fc1;

    /// <inheritdoc/>
    public override Projection Down => fc2;

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public override Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        return fc2.Forward(_kernels.Gelu(fc1.Forward(tokens, pass)), pass).MoveToOuterDisposeScope();
    }
}
