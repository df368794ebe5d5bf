using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Edward J. Hu, Yelong Shen, Phillip Wallis, Zeyuan Allen-Zhu, Yuanzhi Li, Shean Wang, Lu Wang, Weizhu Chen (2021): LoRA: Low-Rank
/// Adaptation of Large Language Models. With <c>--rslora</c> the scale of Damjan Kalajdzievski (2023): A Rank Stabilization Scaling
/// Factor for Fine-Tuning with LoRA; with <c>--dora</c> the magnitudes of Shih-Yang Liu and others (2024): DoRA: Weight-Decomposed
/// Low-Rank Adaptation.
/// </summary>
internal sealed class LoraMethod : AdaptationMethod<LoraOptions>
{
    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "Radapt's choice for lora with adamw", 0.05, "the paper's for MRM on 1 % of NIH ChestX-ray14");

    /// <inheritdoc/>
    public override TensorMean CreateMean() => new LoraMean();

    /// <summary>
    /// The rank is that of all runs together, see <see cref="LoraMean"/>. Their updates then count a k-th part each: alpha / (k r) is that
    /// of alpha / r; alpha / sqrt(k r) needs another alpha.
    /// </summary>
    public override MethodOptions MeanOptions(MethodOptions options, int runs)
    {
        var lora = (LoraOptions)options;
        return lora with
        {
            Rank = runs * lora.Rank,
            Ranks = [.. lora.Ranks.Select(r => runs * r)],
            Alpha = lora.RankStabilised ? lora.Alpha / Math.Sqrt(runs) : lora.Alpha,
        };
    }

    /// <inheritdoc/>
    protected override bool LeavesLowerBlocks(LoraOptions options) => options.LowestBlock > 0;

    /// <inheritdoc/>
    protected override int LowestBlock(LoraOptions options, int depth) => options.LowestBlock;

    /// <inheritdoc/>
    protected override MethodProblem? Unfit(LoraOptions options, BackboneShape shape)
    {
        int blocks = options.Blocks.Count == 0 ? shape.Depth : options.Blocks.Count;
        return LowRankTargets.Unfit(options, shape)
            ?? (options.Rank > shape.Width
                ? new MethodProblem("rank",
                    $"a rank of {options.Rank} is outside 1 to {shape.Width} (the backbone's width); give one in that range.")
            : options.Ranks.Count > 0 && options.Ranks.Count != blocks
            ? new MethodProblem("lora-ranks",
                $"{options.Ranks.Count} ranks are given for {blocks} adapted blocks; give one rank per block.")
            : options.Ranks.Any(r => r > shape.Width)
            ? new MethodProblem("lora-ranks", $"a rank must be from 0 (the block is not adapted) to {shape.Width} (the backbone's width).")
            : options.Ranks.Count > 0 && options.Ranks.All(r => r == 0)
            ? new MethodProblem("lora-ranks", "all ranks are 0, so nothing is adapted; give at least one block a rank above 0.")
            : null);
    }

    /// <inheritdoc/>
    protected override AttachedAdapters Adapters(VisionTransformer encoder, LoraOptions options, ComputePlan plan, long seed)
    {
        var adapters = new AttachedAdapters(plan);
        foreach (LowRankTarget target in LowRankTargets.For(encoder, options))
        {
            LoraOptions own = options with { Rank = RankOf(target.Block, options) };
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

    private static int RankOf(int block, LoraOptions options) => options.Ranks.Count == 0 ? options.Rank
        : options.Ranks[options.Blocks.Count == 0 ? block : options.Blocks.Order().ToList().IndexOf(block)];
}
