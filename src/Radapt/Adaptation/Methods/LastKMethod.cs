using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Kaiming He, Xinlei Chen, Saining Xie, Yanghao Li, Piotr Dollár, Ross Girshick (2022): Masked Autoencoders Are Scalable Vision
/// Learners, "Partial Fine-tuning" there (after Yosinski et al. 2014): the last blocks and, where the model has one, the final norm.
/// </summary>
internal sealed class LastKMethod : AdaptationMethod<LastKOptions>
{
    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-4, "Radapt's choice for last-k with adamw: as for full", 1e-2, "Radapt's choice for last-k with sgd: as for full");

    /// <inheritdoc/>
    protected override bool LeavesLowerBlocks(LastKOptions options) => true;

    /// <inheritdoc/>
    protected override int LowestBlock(LastKOptions options, int depth) => depth - options.LastBlocks;

    /// <inheritdoc/>
    public override bool TrainsWholeBlocks => true;

    /// <inheritdoc/>
    protected override MethodProblem? Unfit(LastKOptions options, BackboneShape shape) =>
        options.LastBlocks <= shape.Depth ? null
        : new MethodProblem("last-k",
            $"{options.LastBlocks} blocks cannot be trained; give a number from 1 to {shape.Depth}, the backbone's depth.");

    /// <inheritdoc/>
    protected override bool IsTrained(string name, LastKOptions options, BackboneShape shape) => BlockNumber.From(name) is { } block
        ? block >= shape.Depth - options.LastBlocks
        : name.StartsWith("norm.", StringComparison.Ordinal);
}
