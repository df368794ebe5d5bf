using Radapt.Adaptation;
using Radapt.Recipes;

namespace Radapt.Tests.Training;

/// <summary>Recipes small enough for tests.</summary>
internal static class TestRecipes
{
    /// <summary>A transformer that trains in milliseconds.</summary>
    public static Recipe Tiny { get; } = new()
    {
        Model = new ModelOptions
        {
            FromScratch = true,
            Backbone = "vit_tiny_patch16_224",
            ImageSize = 16,
            PatchSize = 4,
            Depth = 2,
            Width = 16,
            Heads = 2,
        },
        Method = new PlainMethod("full"),
        Pixels = new PixelOptions { Mean = 0.5, Std = 0.25, Resize = 16 },
        Optimisation = new OptimisationOptions { LearningRate = 1e-3, Epochs = 3 },
        Compute = new ComputeOptions { Threads = 1, LoaderThreads = 1 },
    };
}
