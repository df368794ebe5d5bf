namespace Radapt.Adaptation.Lora;

/// <summary>What LoRA adapts, and how strongly.</summary>
public sealed record LoraSettings
{
    /// <summary>
    /// Names that <see cref="Targets"/> may hold: the thirds of the fused qkv projection, and the other projections of a block.
    /// </summary>
    public static IReadOnlyList<string> AllTargets { get; } = ["q", "k", "v", "proj", "fc1", "fc2"];

    /// <summary>Rank r of each adapted third or projection.</summary>
    public int Rank { get; init; } = 4;

    /// <summary>
    /// Ranks of the adapted blocks one by one, in place of <see cref="Rank"/>; 0: that block is left as it is. Empty: the same for all.
    /// </summary>
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>Numerator of the scale alpha / r; the paper's code uses 32 at every rank.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Rank-stabilised: the scale is alpha / sqrt(r) (Kalajdzievski 2023).</summary>
    public bool RankStabilised { get; init; }

    /// <summary>The adapted weight's rows are normalised and scaled by a trained magnitude (DoRA, Liu et al. 2024).</summary>
    public bool Magnitudes { get; init; }

    /// <summary>Dropout on the adapter's input while training; the paper's code uses 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>What is adapted; the paper adapts q and v.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["q", "v"];

    /// <summary>Adapted blocks, counted from 0; empty: all.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [];

    /// <summary>alpha / r, or alpha / sqrt(r).</summary>
    public double Scale => Alpha / (RankStabilised ? Math.Sqrt(Rank) : Rank);
}
