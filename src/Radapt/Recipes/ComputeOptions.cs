using Radapt.Compute;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The compute section of a recipe: how and where it is computed.</summary>
public sealed record ComputeOptions
{
    /// <summary>Computing precision; losses, statistics and master weights are float32 in any case.</summary>
    [Option("precision", "Computing precision; auto uses bfloat16 if the processor supports it and a probe finds it faster.",
        CanBeAuto = true, Default = "auto", ChosenFrom = ["device"])]
    public Precision Precision { get; init; }

    /// <summary>How float32 products run.</summary>
    [Option("products",
        "How float32 matrix products are computed: packed (Radapt's own, for frozen weights), linear (the tensor "
            + "library's), or convolution (oneDNN's 1 x 1 convolution).",
        Default = "packed, unless a probe finds another at least 1.5 times as fast", ChosenFrom = ["device"])]
    public Products Products { get; init; } = Products.Linear;

    /// <summary>
    /// Keep one block's activations at a time and compute them again in the backward pass: for large backbones or batches.
    /// </summary>
    [Option("recompute", "Recompute each block's activations in the backward pass: a third more time, far less memory.")]
    public bool Recompute { get; init; }

    /// <summary>Device to run on.</summary>
    [Option("device", "Device to run on.", Reason = "available on every machine")]
    public DeviceKind Device { get; init; }

    /// <summary>Threads of the tensor kernels. Bit-equal resume needs the same number.</summary>
    [Option("threads", "Threads of the tensor kernels; bit-equal resume needs the same number.", Min = 1, Max = 4096,
        Default = "the number of physical cores")]
    public required int Threads { get; init; }

    /// <summary>Threads that decode images. They never change a batch.</summary>
    [Option("loader-threads", "Threads that decode images. Their number does not affect the batches.",
        Min = 1, Max = 4096, MayChangeOnResume = true, Default = "the number of physical cores")]
    public required int LoaderThreads { get; init; }

    /// <summary>What is done about features of frozen lower blocks.</summary>
    [Option("feature-cache", "Features of frozen lower blocks: auto computes them once if images are not augmented; off computes them in every epoch.",
        Reason = "same result, less time")]
    public FeatureCaching FeatureCache { get; init; }

    /// <summary>What decides the bits of a result besides the recipe's other sections.</summary>
    public ComputePlan Plan => new(Precision.Spelled(), Device.Spelled(), Threads) { Products = Products.Spelled() };
}
