using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>The block's two-layer perceptron, four times as wide inside, with exact GELU.</summary>
internal sealed class Mlp : nn.Module
{
    public readonly Projection fc1;
    public readonly Projection fc2;

    private readonly Kernels _kernels;

    public Mlp(int width, Kernels kernels)
        : base(nameof(Mlp))
    {
        _kernels = kernels;
        fc1 = new Projection(width, 4 * width, kernels);
        fc2 = new Projection(4 * width, width, kernels);
        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C).</summary>
    public Tensor Forward(Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        return fc2.Forward(_kernels.Gelu(fc1.Forward(tokens, pass)), pass).MoveToOuterDisposeScope();
    }
}
