using Radapt.Compute;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The compute section of a recipe: how and where it is computed.</summary>
public sealed record ComputeOptions
{
    /// <summary>Computing precision; losses, statistics and master weights are float32 in any case.</summary>
    [Option("precision", "Computing precision; auto takes bfloat16 where the processor has it and a probe confirms that it is faster.",
        CanBeAuto = true, Default = "auto", ChosenFrom = ["device"])]
    public Precision Precision { get; init; }

    /// <summary>How float32 products run.</summary>
    [Option("products",
        "How float32 products run: packed (Radapt's own, for frozen weights), by the tensor library's "
            + "linear, or by oneDNN's 1 x 1 convolution.",
        Default = "packed, unless a probe measures another to be half as fast again", ChosenFrom = ["device"])]
    public Products Products { get; init; } = Products.Linear;

    /// <summary>
    /// Keep one block's activations at a time and compute them again in the backward pass: for large backbones or batches.
    /// </summary>
    [Option("recompute", "Compute each block's activations again in the backward pass: a third more time, far less memory.")]
    public bool Recompute { get; init; }

    /// <summary>Where it is computed.</summary>
    [Option("device", "Where it is computed.", Reason = "there on every machine")]
    public DeviceKind Device { get; init; }

    /// <summary>Threads of the tensor kernels. Bit-equal resume needs the same number.</summary>
    [Option("threads", "Threads of the tensor kernels; bit-equal resume needs the same number.", Min = 1, Max = 4096,
        Default = "the physical cores")]
    public required int Threads { get; init; }

    /// <summary>Threads that decode images. They never change a batch.</summary>
    [Option("loader-threads", "Threads that decode images; they never change a batch.", Min = 1, Max = 4096, MayChangeOnResume = true,
        Default = "the physical cores")]
    public required int LoaderThreads { get; init; }

    /// <summary>What is done about features of frozen lower blocks.</summary>
    [Option("feature-cache", "Features of frozen lower blocks: auto computes them once where nothing is augmented, off in every epoch.",
        Reason = "the same training in less time")]
    public FeatureCaching FeatureCache { get; init; }

    /// <summary>What decides the bits of a result besides the recipe's other sections.</summary>
    public ComputePlan Plan => new(Precision.Spelled(), Device.Spelled(), Threads) { Products = Products.Spelled() };
}
