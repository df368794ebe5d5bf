using Radapt.Options;

namespace Radapt.Adaptation.Lora;

/// <summary>What LoRA adapts, and how strongly.</summary>
public sealed record LoraOptions() : LowRankOptions("lora")
{
    /// <summary>Rank r of each adapted third or projection.</summary>
    [Option("rank", "Rank r of each adapted projection; q, k and v count separately.", Min = 1,
        Reason = "the paper's for 1 % of the labels")]
    public int Rank { get; init; } = 4;

    /// <summary>
    /// Ranks of the adapted blocks one by one, in place of <see cref="Rank"/>; 0: that block is left as it is. Empty: the same for all.
    /// </summary>
    [Option("lora-ranks", "One rank for each adapted block, such as 8,8,4, instead of --rank; 0 leaves a block unchanged.",
        Min = 0, MayRepeat = true, Default = "the rank for all", Reason = "the rank for all", StoredAs = "ranks")]
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>Rank-stabilised: the scale is alpha / sqrt(r) (Kalajdzievski 2023).</summary>
    [Option("rslora", "Rank-stabilised LoRA: the scale is alpha / sqrt(r).")]
    public bool RankStabilised { get; init; }

    /// <summary>The adapted weight's rows are normalised and scaled by a trained magnitude (DoRA, Liu et al. 2024).</summary>
    [Option("dora", "DoRA: the rows of adapted weights are normalised and scaled by trained magnitudes.")]
    public bool Magnitudes { get; init; }

    /// <summary>alpha / r, or alpha / sqrt(r).</summary>
    public double Scale => Alpha / (RankStabilised ? Math.Sqrt(Rank) : Rank);

    /// <inheritdoc/>
    internal override int LowestBlock => Blocks.Count > 0 ? base.LowestBlock : Ranks.TakeWhile(rank => rank == 0).Count();
}
