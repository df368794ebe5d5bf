using Radapt.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>A learned factor per channel on a residual branch (Touvron et al., "Going deeper with image transformers", 2021).</summary>
internal sealed class LayerScale : nn.Module
{
    public readonly Parameter gamma; // (C)

    public LayerScale(int width, Kernels kernels)
        : base(nameof(LayerScale))
    {
        gamma = Tensors.Parameter(kernels.Plan, width);
        RegisterComponents();
    }

    /// <summary>(B, N, C) -> (B, N, C), in the factor's float32: what follows is the residual sum.</summary>
    public Tensor Forward(Tensor branch) => branch.to(gamma.dtype) * gamma;
}
