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
}
