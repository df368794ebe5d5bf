using Radapt.Options;

namespace Radapt.Adaptation.Lora;

/// <summary>AdaLoRA's budget: how many singular values there are at first and at last, and when they are taken away.</summary>
public sealed record AdaLoraOptions() : LowRankOptions("adalora")
{
    /// <summary>Rank of every adapted third or projection at the start.</summary>
    [Option("initial-rank", "Initial rank of each adapted projection; q, k and v count separately.", Min = 1,
        Reason = "the AdaLoRA paper's: 1.5 times the target rank")]
    public int InitialRank { get; init; } = 6;

    /// <summary>Rank at the end, on average over all adapted thirds and projections.</summary>
    [Option("target-rank", "Mean rank of the adapted projections at the end.", Min = 1, Reason = "the rank of lora")]
    public int TargetRank { get; init; } = 4;

    /// <summary>Share of the updates before the budget begins to shrink.</summary>
    [Option("tinit", "Fraction of the updates, 0 to 1, before ranks are reduced.", Min = 0, Max = 1,
        Reason = "Radapt's choice: after the warm-up")]
    public double Tinit { get; init; } = 0.1;

    /// <summary>Share of the updates, at the end, for which the final distribution stays.</summary>
    [Option("tfinal", "Fraction of the updates, 0 to 1, at the end, during which ranks stay fixed.", Min = 0, Max = 1,
        Reason = "Radapt's choice")]
    public double Tfinal { get; init; } = 0.3;

    /// <summary>Weight of the penalty that keeps P and Q orthogonal.</summary>
    [Option("orthogonality", "Weight of the penalty that keeps P and Q orthogonal.", Min = 0, Reason = "the AdaLoRA paper's")]
    public double Orthogonality { get; init; } = 0.1;
}
