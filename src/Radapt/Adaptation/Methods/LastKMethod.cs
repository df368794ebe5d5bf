using System.Globalization;
using Radapt.Adaptation.Files;
using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Kaiming He, Xinlei Chen, Saining Xie, Yanghao Li, Piotr Dollár, Ross Girshick (2022): Masked Autoencoders Are Scalable Vision
/// Learners, "Partial Fine-tuning" there (after Yosinski et al. 2014): the last blocks and, where the model has one, the final norm.
/// </summary>
internal sealed class LastKMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override string Name => "last-k";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Options => ["last-k"];

    /// <inheritdoc/>
    public override MethodRates Rates { get; } = new(1e-4, "ours for last-k with adamw: that of full", 1e-2, "that of full fine-tuning");

    /// <inheritdoc/>
    public override bool LeavesLowerBlocks(MethodSettings settings) => true;

    /// <inheritdoc/>
    public override int LowestBlock(MethodSettings settings, int depth) => depth - settings.LastBlocks;

    /// <inheritdoc/>
    public override bool TrainsWholeBlocks => true;

    /// <inheritdoc/>
    public override MethodProblem? Problem(MethodSettings settings, BackboneShape shape) =>
        settings.LastBlocks >= 1 && settings.LastBlocks <= shape.Depth ? null
        : new MethodProblem("last-k",
            $"{settings.LastBlocks} blocks are outside 1 to {shape.Depth}, the backbone's depth; give a number in that range.");

    /// <inheritdoc/>
    public override bool IsTrained(string name, MethodSettings settings, BackboneShape shape) => name.Split('.') switch
    {
        ["blocks", var number, ..] => int.Parse(number, CultureInfo.InvariantCulture) >= shape.Depth - settings.LastBlocks,
        ["norm", ..] => true,
        _ => false,
    };

    /// <inheritdoc/>
    public override void Describe(MethodSettings settings, IDictionary<string, string> metadata) =>
        metadata.Write("last_k", settings.LastBlocks);

    /// <inheritdoc/>
    public override MethodSettings Read(IReadOnlyDictionary<string, string> metadata) => new() { LastBlocks = metadata.Integer("last_k") };
}
