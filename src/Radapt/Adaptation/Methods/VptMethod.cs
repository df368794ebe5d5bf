using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Menglin Jia, Luming Tang, Bor-Chun Chen, Claire Cardie, Serge Belongie, Bharath Hariharan, Ser-Nam Lim (2022): Visual Prompt Tuning.
/// Learned tokens beside those of the image: before the first block alone (shallow), or new ones before every block (deep).
/// </summary>
internal sealed class VptMethod : AdaptationMethod<VptOptions>
{
    /// <inheritdoc/>
    public override bool Merges => false;

    /// <inheritdoc/>
    public override bool StartsAtRandom => true;

    /// <inheritdoc/>
    public override MethodRates Rates { get; } = new(1e-3, "Radapt's choice for vpt with adamw", 0.1, "Radapt's choice for vpt with sgd");

    /// <inheritdoc/>
    protected override AttachedAdapters Adapters(VisionTransformer encoder, VptOptions options, ComputePlan plan, long seed)
    {
        var prompts = new Prompts(encoder.Shape, options.PromptTokens, options.DeepPrompts ? encoder.Shape.Depth : 1, plan);
        prompts.Initialise(seed);
        var adapters = new AttachedAdapters(plan);
        adapters.Add("", prompts, isIn => encoder.TokenAdapter = isIn ? prompts : null);
        return adapters;
    }
}
