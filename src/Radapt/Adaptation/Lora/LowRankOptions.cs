using Radapt.Options;

namespace Radapt.Adaptation.Lora;

/// <summary>What the low-rank methods share: what they adapt, and how strongly.</summary>
public abstract record LowRankOptions : MethodOptions
{
    private protected LowRankOptions(string name)
        : base(name)
    {
    }

    /// <summary>
    /// Names that <see cref="Targets"/> may hold: the thirds of the fused qkv projection, and the other projections of a block.
    /// </summary>
    public static IReadOnlyList<string> AllTargets { get; } = ["q", "k", "v", "proj", "fc1", "fc2"];

    /// <summary>Numerator of the scale; the paper's code uses 32 at every rank.</summary>
    [Option("alpha", "Numerator of the scale alpha / r.", Min = 0, MinIsExcluded = true, Reason = "the paper's at every rank")]
    public double Alpha { get; init; } = 32;

    /// <summary>Dropout on the adapter's input while training; the paper's code uses 0.1.</summary>
    [Option("lora-dropout", "Dropout on the adapter's input.", Min = 0, Max = 1, MaxIsExcluded = true, Reason = "the paper's",
        StoredAs = "dropout")]
    public double Dropout { get; init; } = 0.1;

    /// <summary>What is adapted; the paper adapts q and v.</summary>
    [Option("lora-targets", "Projections to adapt.", ChoicesFrom = nameof(AllTargets), Reason = "the paper's",
        StoredAs = "targets")]
    public IReadOnlyList<string> Targets { get; init; } = ["q", "v"];

    /// <summary>Adapted blocks, counted from 0; empty: all.</summary>
    [Option("lora-blocks", "Blocks to adapt, counted from 0, such as 0,4-7.", Min = 0, MayBeRanges = true, Default = "all",
        Reason = "all, as in the paper", StoredAs = "blocks")]
    public IReadOnlyList<int> Blocks { get; init; } = [];

    /// <summary>The lowest adapted block, from 0.</summary>
    internal virtual int LowestBlock => Blocks.Count > 0 ? Blocks.Min() : 0;
}
