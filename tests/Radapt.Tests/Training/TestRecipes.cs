using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>Recipes small enough for tests.</summary>
internal static class TestRecipes
{
    /// <summary>A transformer that trains in milliseconds.</summary>
    public static Recipe Tiny { get; } = new()
    {
        FromScratch = true,
        Backbone = "vit_tiny_patch16_224",
        ImageSize = 16,
        PatchSize = 4,
        Depth = 2,
        Width = 16,
        Heads = 2,
        Method = "full",
        Mean = 0.5,
        Std = 0.25,
        Resize = 16,
        Lr = 1e-3,
        Epochs = 3,
        Threads = 1,
        LoaderThreads = 1,
    };
}
