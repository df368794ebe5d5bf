using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Lora;

/// <summary>
/// Qingru Zhang, Minshuo Chen, Alexander Bukharin, Nikos Karampatziakis, Pengcheng He, Yu Cheng, Weizhu Chen, Tuo Zhao (2023): AdaLoRA:
/// Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning. Updates P Λ Q whose least important singular values are taken away
/// while training.
/// </summary>
internal sealed class AdaLoraMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "adalora";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Options =>
        ["initial-rank", "target-rank", "tinit", "tfinal", "orthogonality", "alpha", "lora-dropout", "lora-targets", "lora-blocks"];

    /// <inheritdoc/>
    public override MethodRates Rates { get; } = new(1e-3, "ours for adalora with adamw", 0.05, "ours for adalora with sgd: that of lora");

    /// <inheritdoc/>
    public override bool LeavesLowerBlocks(MethodSettings settings) => LowRankTargets.LeavesLowerBlocks(settings.Lora);

    /// <inheritdoc/>
    public override int LowestBlock(MethodSettings settings, int depth) => LowRankTargets.LowestBlock(settings.Lora);

    /// <inheritdoc/>
    public override MethodProblem? Problem(MethodSettings settings, BackboneShape shape)
    {
        AdaLoraSettings own = settings.AdaLora;
        return LowRankTargets.Problem(settings.Lora, shape)
            ?? (own.InitialRank < 1 || own.InitialRank > shape.Width
                ? new MethodProblem("initial-rank",
                    $"a rank of {own.InitialRank} is outside 1 to {shape.Width} (the backbone's width); give one in that range.")
            : own.TargetRank < 1 || own.TargetRank > own.InitialRank
            ? new MethodProblem("target-rank",
                $"a target rank of {own.TargetRank} is outside 1 to the initial rank of {own.InitialRank}; the budget shrinks.")
            : own.Tinit < 0 || own.Tfinal < 0 || own.Tinit + own.Tfinal > 1
            ? new MethodProblem("tfinal", "tinit and tfinal together are more than all updates; lower one of them.")
            : null);
    }

    /// <inheritdoc/>
    public override AttachedAdapters Adapters(VisionTransformer encoder, MethodSettings settings, ComputePlan plan, long seed)
    {
        List<(LowRankTarget Target, AdaLoraAdapter Adapter)> made = [];
        foreach (LowRankTarget target in LowRankTargets.For(encoder, settings.Lora))
        {
            var adapter = new AdaLoraAdapter(settings, target.Inputs, target.Outputs, target.Groups, target.Number, plan);
            adapter.Initialise(target.Name, seed);
            made.Add((target, adapter));
        }

        var adapters = new AttachedAdapters(plan)
        {
            Schedule = new AdaLoraSchedule(settings.AdaLora, [.. made.Select(m => (m.Target.Name, m.Adapter))]),
        };
        made.ForEach(m => adapters.Add(m.Target.Name, m.Target.Projection, m.Adapter));
        return adapters;
    }

    /// <inheritdoc/>
    public override void Describe(MethodSettings settings, IDictionary<string, string> metadata)
    {
        metadata.Write("initial_rank", settings.AdaLora.InitialRank);
        metadata.Write("target_rank", settings.AdaLora.TargetRank);
        metadata.Write("tinit", settings.AdaLora.Tinit);
        metadata.Write("tfinal", settings.AdaLora.Tfinal);
        metadata.Write("orthogonality", settings.AdaLora.Orthogonality);
        LowRankTargets.Describe(settings.Lora, metadata);
    }

    /// <inheritdoc/>
    public override MethodSettings Read(IReadOnlyDictionary<string, string> metadata) => new()
    {
        Lora = LowRankTargets.Read(metadata),
        AdaLora = new AdaLoraSettings
        {
            InitialRank = metadata.Integer("initial_rank"),
            TargetRank = metadata.Integer("target_rank"),
            Tinit = metadata.Number("tinit"),
            Tfinal = metadata.Number("tfinal"),
            Orthogonality = metadata.Number("orthogonality"),
        },
    };
}
