using Radapt.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Layer normalisation over the channels.</summary>
internal sealed class LayerNorm : nn.Module
{
    public readonly Parameter weight; // (C)
    public readonly Parameter bias;   // (C)

    private readonly Kernels _kernels;

    public LayerNorm(int width, double epsilon, Kernels kernels)
        : base(nameof(LayerNorm))
    {
        (Epsilon, _kernels) = (epsilon, kernels);
        weight = Tensors.Parameter(kernels.Plan, width);
        bias = Tensors.Parameter(kernels.Plan, width);
        RegisterComponents();
    }

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Adds what a stream has still to add, and normalises the sum: both (B, N, C), the second in the plan's precision.</summary>
    public (Tensor Sum, Tensor Normed) Forward(ResidualStream stream) =>
        _kernels.AddNorm(stream.Tokens, stream.Branch, weight, bias, Epsilon);

    /// <summary>(…, C) -> (…, C).</summary>
    public Tensor Forward(Tensor input) => _kernels.LayerNorm(input, weight, bias, Epsilon);
}
