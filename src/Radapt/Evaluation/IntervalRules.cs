using Radapt.Metrics;

namespace Radapt.Evaluation;

/// <summary>Which interval a figure gets, and when none: the defaults of docs/statistics.md, which follow from simulations.</summary>
internal sealed class IntervalRules(StatisticsOptions options, PatientClusters patients)
{
    /// <summary>The name of the interval of one finding's AUROC.</summary>
    public string AurocMethod => $"{(patients.AreKnown ? "patient-clustered " : "")}DeLong, logit scale";

    /// <summary>The name of the interval of means and of average precisions.</summary>
    public string BootstrapMethod => $"{(patients.AreKnown ? "patient " : "")}bootstrap, {Plural.Count(options.Replicates, "resample")}";

    /// <summary>The statistics of one finding.</summary>
    public FindingStatistics Describe(FindingScores finding, FindingMetrics metrics, BootstrapReplicates replicates)
    {
        (int positives, int negatives) = (finding.CountPatients(1), finding.CountPatients(0));
        ClusteredAuroc? area = finding.Area();
        string? refusal = Refusal(positives, negatives);
        return new FindingStatistics(
            finding.Finding, metrics.Positives, metrics.Negatives, positives, negatives,
            Auroc(metrics.Auroc, area, refusal), Resampled(metrics.AveragePrecision, refusal, replicates.AveragePrecision),
            Calibration.Compute(finding.Labels, finding.Logits),
            refusal is not null || area is null ? null
                : SampleSize.For(area.StandardError, finding.Patients.Distinct().Count(), level: options.Level));
    }

    /// <summary>The mean over findings.</summary>
    /// <param name="mean">Of these images.</param>
    /// <param name="findings">The same figure of every finding that is in the mean.</param>
    /// <param name="replicates">The findings' figures over the resamples; a resample's mean is over those that it defines.</param>
    public Estimate Mean(double? mean, IReadOnlyList<Estimate> findings, IReadOnlyList<double[]> replicates)
    {
        int refused = findings.Count(f => f.Interval is null);
        string? refusal = refused == 0 || findings.Count == 0 ? null
            : refused == findings.Count ? findings[0].Refusal
            : $"{refused} of {findings.Count} findings have too few {patients.Noun}s for an interval, so their mean has none.";
        return mean is null ? Estimate.Refuse(null, "No finding has both positives and negatives.")
            : refusal is not null ? Estimate.Refuse(mean, refusal)
            : Resampled(mean, null, BootstrapReplicates.Mean(replicates));
    }

    /// <summary>Why a finding has no intervals; null: it has.</summary>
    /// <param name="positives">Patients with the finding.</param>
    /// <param name="negatives">Patients without.</param>
    public string? Refusal(int positives, int negatives) =>
        positives == 0 || negatives == 0 ? $"There are no {(positives == 0 ? "positives" : "negatives")}."
        : Math.Min(positives, negatives) < options.FewestPatients
            ? $"Only {Plural.Count(Math.Min(positives, negatives), patients.Noun)} {(positives < negatives ? "with" : "without")} the "
                + $"finding: an interval needs {options.FewestPatients} with it and {options.FewestPatients} without."
            : null;

    private Estimate Auroc(double? value, ClusteredAuroc? area, string? refusal) =>
        value is null || refusal is not null ? Estimate.Refuse(value, refusal ?? "There is only one class.")
        : area is null ? Estimate.Refuse(value, $"All positives or all negatives are of one {patients.Noun}.")
        : NormalInterval.Logit(area.Auroc, area.StandardError, options.Level) is { } interval && area.StandardError > 0
            ? new Estimate(value, interval, AurocMethod, null)
        : Estimate.Refuse(value, area.Auroc is 0 or 1
            ? $"The scores separate these {patients.Noun}s completely, so they do not show how much the AUROC varies."
            : "All images have the same score.");

    private Estimate Resampled(double? value, string? refusal, double[] replicates)
    {
        if (value is null || refusal is not null)
        {
            return Estimate.Refuse(value, refusal ?? "There is only one class.");
        }

        (Interval? interval, int undefined) = BootstrapReplicates.Percentiles(replicates, options.Level);
        return interval is null ? Estimate.Refuse(value, "No resample has both classes.")
            : new Estimate(value, interval, BootstrapMethod, null) { UndefinedReplicates = undefined };
    }
}
