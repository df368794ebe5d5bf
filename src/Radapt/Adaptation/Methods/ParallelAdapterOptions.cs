using Radapt.Options;

namespace Radapt.Adaptation.Methods;

/// <summary>Options of parallel adapters.</summary>
public sealed record ParallelAdapterOptions() : BottleneckOptions("parallel")
{
    /// <summary>Factor on what the adapter adds.</summary>
    [Option("adapter-scale", "Factor by which an adapter's output is multiplied.", Min = 0, MinIsExcluded = true,
        Reason = "the parallel adapter paper's")]
    public double AdapterScale { get; init; } = 4;
}
