using Radapt.Adaptation.Probes;

namespace Radapt.Adaptation.Methods;

/// <summary>Arthur Hoerl, Robert Kennard (1970): Ridge Regression: Biased Estimation for Nonorthogonal Problems.</summary>
internal sealed class RidgeMethod() : ProbeMethod("ridge")
{
    /// <inheritdoc/>
    public override HeadProbe Probe { get; } = new RidgeProbe();
}
