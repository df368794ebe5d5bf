using Radapt.Adaptation.Probes;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// A head that is fitted to features of the frozen backbone in one pass over the training images. It has no epochs, no learning rate and no
/// random numbers, and it chooses its setting by cross-validation over the training patients, so that it needs no validation images.
/// </summary>
internal abstract class ProbeMethod(string name) : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod(name);

    /// <inheritdoc/>
    public abstract override HeadProbe Probe { get; }

    /// <inheritdoc/>
    public sealed override MethodRates Rates { get; } = new(0, "not used", 0, "not used");

    /// <inheritdoc/>
    public sealed override bool LeavesLowerBlocks(MethodOptions options) => true;

    /// <inheritdoc/>
    public sealed override int LowestBlock(MethodOptions options, int depth) => depth;
}
