using Radapt.Options;

namespace Radapt.Adaptation.Methods;

/// <summary>What the methods with bottlenecks share.</summary>
public abstract record BottleneckOptions : MethodOptions
{
    private protected BottleneckOptions(string name)
        : base(name)
    {
    }

    /// <summary>Channels inside an adapter.</summary>
    [Option("bottleneck", "Channels inside an adapter.", Min = 1, Max = 65536,
        Reason = "one of the 8, 64 and 256 of Houlsby's paper")]
    public int Bottleneck { get; init; } = 64;
}
