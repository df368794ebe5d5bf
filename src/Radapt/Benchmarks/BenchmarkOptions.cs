using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Benchmarks;

/// <summary>What is measured, on which model and how often.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>Dimensions of the model.</summary>
    public BackboneShape Backbone { get; init; } = BackboneShape.FromName("vit_base_patch16_224")!;

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>LoRA rank, on q and v.</summary>
    public int Rank { get; init; } = 4;

    /// <summary>Findings the head has; 14 as in NIH ChestX-ray14.</summary>
    public int Findings { get; init; } = 14;

    /// <summary>Steps that are timed; the median counts.</summary>
    public int Steps { get; init; } = 10;

    /// <summary>Steps before the first that is timed.</summary>
    public int WarmUp { get; init; } = 2;

    /// <summary>How often each matrix product is timed; the median counts.</summary>
    public int ProductRepeats { get; init; } = 30;

    /// <summary>Files the loader reads.</summary>
    public int LoaderImages { get; init; } = 64;

    /// <summary>Side of these files in pixels.</summary>
    public int LoaderImageSide { get; init; } = 1024;

    /// <summary>Threads that decode.</summary>
    public int LoaderThreads { get; init; } = Machine.Current.PhysicalCores;

    /// <summary>Seed of weights, images and labels.</summary>
    public long Seed { get; init; }

    /// <summary>Says what is wrong with the numbers, if anything is.</summary>
    /// <exception cref="RadaptException">A number is out of range.</exception>
    public void Check()
    {
        if (!Backbone.IsSound)
        {
            throw new RadaptException(
                "bench: this backbone cannot be built: the image size must be a multiple of the patch size, "
                    + "and the width a multiple of the heads.");
        }

        foreach ((string option, int value) in new[]
        {
            ("--batch-size", BatchSize), ("--rank", Rank), ("--steps", Steps), ("--loader-threads", LoaderThreads),
                ("--findings", Findings),
        })
        {
            if (value < 1)
            {
                throw new RadaptException($"{option} {value}: must be at least 1.");
            }
        }
    }
}
