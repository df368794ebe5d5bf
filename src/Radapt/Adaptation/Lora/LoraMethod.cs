using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Edward J. Hu, Yelong Shen, Phillip Wallis, Zeyuan Allen-Zhu, Yuanzhi Li, Shean Wang, Lu Wang, Weizhu Chen (2021): LoRA: Low-Rank
/// Adaptation of Large Language Models. With <c>--rslora</c> the scale of Damjan Kalajdzievski (2023): A Rank Stabilization Scaling
/// Factor for Fine-Tuning with LoRA; with <c>--dora</c> the magnitudes of Shih-Yang Liu and others (2024): DoRA: Weight-Decomposed
/// Low-Rank Adaptation.
/// </summary>
internal sealed class LoraMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "lora";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Options =>
        ["rank", "lora-ranks", "alpha", "rslora", "dora", "lora-dropout", "lora-targets", "lora-blocks"];

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "ours for lora with adamw", 0.05, "the paper's for MRM on 1 % of NIH ChestX-ray14");

    /// <inheritdoc/>
    public override bool LeavesLowerBlocks(MethodSettings settings) => LowRankTargets.LeavesLowerBlocks(settings.Lora);

    /// <inheritdoc/>
    public override int LowestBlock(MethodSettings settings, int depth) => LowRankTargets.LowestBlock(settings.Lora);

    /// <inheritdoc/>
    public override MethodProblem? Problem(MethodSettings settings, BackboneShape shape)
    {
        LoraSettings lora = settings.Lora;
        int blocks = lora.Blocks.Count == 0 ? shape.Depth : lora.Blocks.Count;
        return LowRankTargets.Problem(lora, shape)
            ?? (lora.Rank < 1 || lora.Rank > shape.Width
                ? new MethodProblem("rank",
                    $"a rank of {lora.Rank} is outside 1 to {shape.Width} (the backbone's width); give one in that range.")
            : lora.Ranks.Count > 0 && lora.Ranks.Count != blocks
            ? new MethodProblem("lora-ranks", $"{lora.Ranks.Count} ranks for {blocks} adapted blocks; give one each.")
            : lora.Ranks.Any(r => r < 0 || r > shape.Width)
            ? new MethodProblem("lora-ranks", $"ranks lie between 0 (leave the block as it is) and {shape.Width} (the backbone's width).")
            : lora.Ranks.Count > 0 && lora.Ranks.All(r => r == 0)
            ? new MethodProblem("lora-ranks", "nothing is adapted; give at least one block a rank.")
            : null);
    }

    /// <inheritdoc/>
    public override AttachedAdapters Adapters(VisionTransformer encoder, MethodSettings settings, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        foreach (LowRankTarget target in LowRankTargets.For(encoder, settings.Lora))
        {
            LoraSettings own = settings.Lora with { Rank = RankOf(target.Block, settings.Lora) };
            if (own.Rank == 0)
            {
                continue;
            }

            var lora = new LoraAdapter(own, target.Inputs, target.Outputs, target.Groups, target.Number, plan);
            lora.Initialise(target.Name, seed);
            if (own.Magnitudes)
            {
                adapters.Add(target.Name, target.Projection, new DoraAdapter(lora, target.Projection, target.Groups, plan));
            }
            else
            {
                adapters.Add(target.Name, target.Projection, lora);
            }
        }

        return adapters;
    }

    /// <inheritdoc/>
    public override void Describe(MethodSettings settings, IDictionary<string, string> metadata)
    {
        metadata.Write("rank", settings.Lora.Rank);
        metadata.Write("ranks", settings.Lora.Ranks.ToArray());
        metadata.Write("rslora", settings.Lora.RankStabilised);
        metadata.Write("dora", settings.Lora.Magnitudes);
        LowRankTargets.Describe(settings.Lora, metadata);
    }

    /// <inheritdoc/>
    public override MethodSettings Read(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Lora = LowRankTargets.Read(metadata) with
        {
            Rank = metadata.Integer("rank"),
            Ranks = metadata.List<int>("ranks"),
            RankStabilised = metadata.Flag("rslora"),
            Magnitudes = metadata.Flag("dora"),
        },
    };

    private static int RankOf(int block, LoraSettings lora) => lora.Ranks.Count == 0 ? lora.Rank
        : lora.Ranks[lora.Blocks.Count == 0 ? block : lora.Blocks.Order().ToList().IndexOf(block)];
}
