using Radapt.Compute;
using Radapt.Models;
using Radapt.Options;

namespace Radapt.Adaptation;

/// <summary>A method with options of its own.</summary>
/// <typeparam name="TOptions">The record that declares them.</typeparam>
internal abstract class AdaptationMethod<TOptions> : AdaptationMethod
    where TOptions : MethodOptions, new()
{
    /// <inheritdoc/>
    public sealed override MethodOptions Defaults { get; } = new TOptions();

    /// <inheritdoc/>
    public sealed override IReadOnlyList<OptionDeclaration> Options => OptionTable.For(typeof(TOptions)).Options;

    /// <inheritdoc/>
    public sealed override MethodOptions Create(IReadOnlyDictionary<string, object?> values) =>
        (TOptions)OptionTable.For(typeof(TOptions)).Create(values);

    /// <inheritdoc/>
    public sealed override bool IsTrained(string name, MethodOptions options, BackboneShape shape) =>
        IsTrained(name, (TOptions)options, shape);

    /// <inheritdoc/>
    public sealed override AttachedAdapters? Adapters(VisionTransformer encoder, MethodOptions options, ComputePlan plan, long seed) =>
        Adapters(encoder, (TOptions)options, plan, seed);

    /// <inheritdoc/>
    protected sealed override MethodProblem? Unfit(MethodOptions options, BackboneShape shape) => Unfit((TOptions)options, shape);

    /// <inheritdoc/>
    public sealed override bool LeavesLowerBlocks(MethodOptions options) => LeavesLowerBlocks((TOptions)options);

    /// <inheritdoc/>
    public sealed override int LowestBlock(MethodOptions options, int depth) => LowestBlock((TOptions)options, depth);

    /// <inheritdoc cref="AdaptationMethod.IsTrained"/>
    protected virtual bool IsTrained(string name, TOptions options, BackboneShape shape) => false;

    /// <inheritdoc cref="AdaptationMethod.Adapters"/>
    protected virtual AttachedAdapters? Adapters(VisionTransformer encoder, TOptions options, ComputePlan plan, long seed) => null;

    /// <inheritdoc cref="AdaptationMethod.Unfit(MethodOptions, BackboneShape)"/>
    protected virtual MethodProblem? Unfit(TOptions options, BackboneShape shape) => null;

    /// <inheritdoc cref="AdaptationMethod.LeavesLowerBlocks"/>
    protected virtual bool LeavesLowerBlocks(TOptions options) => false;

    /// <inheritdoc cref="AdaptationMethod.LowestBlock"/>
    protected virtual int LowestBlock(TOptions options, int depth) => 0;
}
