using Radapt.Benchmarks;
using Radapt.Models;

namespace Radapt.Tests.Benchmarks;

/// <summary>A benchmark that takes a moment.</summary>
internal static class TinyBenchmark
{
    public static BenchmarkOptions Options { get; } = new()
    {
        Backbone = new BackboneShape(28, 4, 2, 24, 3),
        BatchSize = 4,
        Findings = 2,
        Steps = 2,
        WarmUp = 1,
        ProductRepeats = 2,
        LoaderImages = 12,
        LoaderImageSide = 64,
        LoaderThreads = 1,
    };
}
