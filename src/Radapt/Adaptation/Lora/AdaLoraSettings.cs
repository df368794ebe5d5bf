namespace Radapt.Adaptation.Lora;

/// <summary>AdaLoRA's budget: how many singular values there are at first and at last, and when they are taken away.</summary>
public sealed record AdaLoraSettings
{
    /// <summary>Rank of every adapted third or projection at the start.</summary>
    public int InitialRank { get; init; } = 6;

    /// <summary>Rank at the end, on average over all adapted thirds and projections.</summary>
    public int TargetRank { get; init; } = 4;

    /// <summary>Share of the updates before the budget begins to shrink.</summary>
    public double Tinit { get; init; } = 0.1;

    /// <summary>Share of the updates, at the end, for which the final distribution stays.</summary>
    public double Tfinal { get; init; } = 0.3;

    /// <summary>Weight of the penalty that keeps P and Q orthogonal.</summary>
    public double Orthogonality { get; init; } = 0.1;
}
