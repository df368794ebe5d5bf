using Radapt.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Layer normalisation over the channels, eps 1e-6 as in MAE, MRM and DINOv2 (PyTorch's default 1e-5 changes the logits visibly).</summary>
internal sealed class LayerNorm : nn.Module
{
    public const double Epsilon = 1e-6;

    public readonly Parameter weight; // (C)
    public readonly Parameter bias;   // (C)

    private readonly Kernels _kernels;

    public LayerNorm(int width, Kernels kernels)
        : base(nameof(LayerNorm))
    {
        _kernels = kernels;
        weight = Tensors.Parameter(kernels.Plan, width);
        bias = Tensors.Parameter(kernels.Plan, width);
        RegisterComponents();
    }

    /// <summary>(…, C) -> (…, C).</summary>
    public Tensor Forward(Tensor input) => _kernels.LayerNorm(input, weight, bias, Epsilon);
}
