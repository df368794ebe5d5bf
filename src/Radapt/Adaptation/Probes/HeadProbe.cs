namespace Radapt.Adaptation.Probes;

/// <summary>What fits a classifier's head to features of the frozen backbone in one go, without epochs or learning rates.</summary>
internal abstract class HeadProbe
{
    /// <summary>What it chooses for each finding by cross-validation over whole patients, such as <c>penalty</c>.</summary>
    public abstract string Setting { get; }

    /// <summary>Learns from images.</summary>
    /// <param name="data">Features and labels.</param>
    /// <param name="cancellation">Ends it between two solutions.</param>
    /// <returns>The fit; the caller's dispose scope owns its tensors.</returns>
    public abstract ProbeFit Fit(ProbeData data, CancellationToken cancellation = default);
}
