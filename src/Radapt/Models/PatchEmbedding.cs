using Radapt.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Models;

/// <summary>Cuts the image into patches and maps each to a token: a convolution whose stride is its size.</summary>
internal sealed class PatchEmbedding : nn.Module
{
    public readonly ConvolutionWeights proj;

    private readonly int _patchSize;

    public PatchEmbedding(int patchSize, int width, Kernels kernels)
        : base(nameof(PatchEmbedding))
    {
        _patchSize = patchSize;
        proj = new ConvolutionWeights(patchSize, width, kernels);
        RegisterComponents();
    }

    /// <summary>One gray or three equal channels to tokens, patches row by row.</summary>
    /// <param name="images">(B, 1 or 3, S, S)</param>
    /// <returns>(B, (S/P)^2, C)</returns>
    public Tensor Forward(Tensor images)
    {
        Tensor rgb = images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images; // (B, 3, S, S)
        Tensor grid = F.conv2d(rgb, proj.weight, proj.bias, strides: [_patchSize, _patchSize]); // (B, C, S/P, S/P)
        return grid.flatten(2).transpose(1, 2); // (B, (S/P)^2, C)
    }

    /// <summary>
    /// The same for patches that are already cut out, any of them. (B, K, P^2, 1 or 3), channels last -> (B, K, C). One channel stands for
    /// three equal ones: their weights are added up, which saves two thirds of the product.
    /// </summary>
    public Tensor ForwardPatches(Tensor pixels)
    {
        (long b, long k) = (pixels.shape[0], pixels.shape[1]);
        Tensor perPixel = proj.weight.flatten(2).transpose(1, 2); // (C, P^2, 3)
        Tensor weight = pixels.shape[3] == 1 ? perPixel.sum(2) : perPixel.flatten(1); // (C, P^2) or (C, P^2 3)
        return F.linear(pixels.reshape(b, k, -1), weight, proj.bias);
    }

    /// <summary>Weights of the convolution.</summary>
    internal sealed class ConvolutionWeights : nn.Module
    {
        public readonly Parameter weight; // (C, 3, P, P)
        public readonly Parameter bias;   // (C)

        public ConvolutionWeights(int patchSize, int width, Kernels kernels)
            : base(nameof(ConvolutionWeights))
        {
            weight = Tensors.Parameter(kernels.Plan, width, 3, patchSize, patchSize);
            bias = Tensors.Parameter(kernels.Plan, width);
            RegisterComponents();
        }
    }
}
