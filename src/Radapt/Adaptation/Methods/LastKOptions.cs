using Radapt.Options;

namespace Radapt.Adaptation.Methods;

/// <summary>Options of partial fine-tuning.</summary>
public sealed record LastKOptions() : MethodOptions("last-k")
{
    /// <summary>Number of trained blocks, counted from the last.</summary>
    [Option("last-k", "Number of trained blocks, counted from the last.", Min = 1, Reason = "Radapt's choice")]
    public int LastBlocks { get; init; } = 2;
}
