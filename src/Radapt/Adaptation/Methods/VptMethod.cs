using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Menglin Jia, Luming Tang, Bor-Chun Chen, Claire Cardie, Serge Belongie, Bharath Hariharan, Ser-Nam Lim (2022): Visual Prompt Tuning.
/// Learned tokens beside those of the image: before the first block alone (shallow), or new ones before every block (deep).
/// </summary>
internal sealed class VptMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "vpt";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Options => ["prompt-depth", "prompt-tokens"];

    /// <inheritdoc/>
    public override bool Merges => false;

    /// <inheritdoc/>
    public override MethodRates Rates { get; } = new(1e-3, "ours for vpt with adamw", 0.1, "ours for vpt with sgd");

    /// <inheritdoc/>
    public override MethodProblem? Problem(MethodSettings settings, BackboneShape shape) => settings.PromptTokens is >= 1 and <= 4096 ? null
        : new MethodProblem("prompt-tokens", $"{settings.PromptTokens} prompt tokens are outside 1 to 4096; give a number in that range.");

    /// <inheritdoc/>
    public override AttachedAdapters Adapters(VisionTransformer encoder, MethodSettings settings, ComputePlan plan, long seed)
    {
        var prompts = new Prompts(encoder.Shape, settings.PromptTokens, settings.DeepPrompts ? encoder.Shape.Depth : 1, plan);
        prompts.Initialise(seed);
        var adapters = new AttachedAdapters(plan);
        adapters.Add("", prompts, isIn => encoder.TokenAdapter = isIn ? prompts : null);
        return adapters;
    }

    /// <inheritdoc/>
    public override void Describe(MethodSettings settings, IDictionary<string, string> metadata)
    {
        metadata.Write("prompt_tokens", settings.PromptTokens);
        metadata.Write("prompt_depth_deep", settings.DeepPrompts);
    }

    /// <inheritdoc/>
    public override MethodSettings Read(IReadOnlyDictionary<string, string> metadata) =>
        new() { PromptTokens = metadata.Integer("prompt_tokens"), DeepPrompts = metadata.Flag("prompt_depth_deep") };
}
