using Radapt.Adaptation.Probes;

namespace Radapt.Adaptation.Methods;

/// <summary>Saskia le Cessie, Hans van Houwelingen (1992): Ridge Estimators in Logistic Regression.</summary>
internal sealed class LogisticMethod() : ProbeMethod("logistic")
{
    /// <inheritdoc/>
    public override HeadProbe Probe { get; } = new LogisticProbe();
}
