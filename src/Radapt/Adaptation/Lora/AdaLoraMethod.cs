using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Qingru Zhang, Minshuo Chen, Alexander Bukharin, Nikos Karampatziakis, Pengcheng He, Yu Cheng, Weizhu Chen, Tuo Zhao (2023): AdaLoRA:
/// Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning. Updates P Λ Q whose least important singular values are taken away
/// while training.
/// </summary>
internal sealed class AdaLoraMethod : AdaptationMethod<AdaLoraOptions>
{
    /// <inheritdoc/>
    public override string? AveragingRefusal => "each of its runs takes away other directions";

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "Radapt's choice for adalora with adamw", 0.05, "Radapt's choice for adalora with sgd: as for lora");

    /// <inheritdoc/>
    protected override bool LeavesLowerBlocks(AdaLoraOptions options) => options.LowestBlock > 0;

    /// <inheritdoc/>
    protected override int LowestBlock(AdaLoraOptions options, int depth) => options.LowestBlock;

    /// <inheritdoc/>
    protected override MethodProblem? Unfit(AdaLoraOptions options, BackboneShape shape) =>
        LowRankTargets.Unfit(options, shape)
            ?? (options.InitialRank > shape.Width
                ? new MethodProblem("initial-rank",
                    $"a rank of {options.InitialRank} is outside 1 to {shape.Width} (the backbone's width); give one in that range.")
            : options.TargetRank > options.InitialRank
            ? new MethodProblem("target-rank",
                $"a target rank of {options.TargetRank} is outside 1 to the initial rank of {options.InitialRank}, "
                    + "from which ranks are only reduced.")
            : options.Tinit + options.Tfinal > 1
            ? new MethodProblem("tfinal", "tinit and tfinal together are more than 1 (all updates); lower one of them.")
            : null);

    /// <inheritdoc/>
    protected override AttachedAdapters Adapters(VisionTransformer encoder, AdaLoraOptions options, ComputePlan plan, long seed)
    {
        List<(LowRankTarget Target, AdaLoraAdapter Adapter)> made = [];
        foreach (LowRankTarget target in LowRankTargets.For(encoder, options))
        {
            var adapter = new AdaLoraAdapter(options, target.Inputs, target.Outputs, target.Groups, target.Number, plan);
            adapter.Initialise(target.Name, seed);
            made.Add((target, adapter));
        }

        var adapters = new AttachedAdapters(plan)
        {
            Schedule = new AdaLoraSchedule(options, [.. made.Select(m => (m.Target.Name, m.Adapter))]),
        };
        made.ForEach(m => adapters.Add(m.Target.Name, m.Target.Projection, m.Adapter));
        return adapters;
    }
}
