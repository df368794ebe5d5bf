using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>Which interval a figure gets, and when none: the defaults of docs/statistics.md, which follow from simulations.</summary>
internal sealed class IntervalRules(StatisticsOptions options, PatientClusters patients)
{
    private const string NoFinding = "No finding has both positives and negatives.";

    private string OnePatient => $"All positives or all negatives are of one {patients.Noun}.";

    /// <summary>The name of the interval of one finding's AUROC.</summary>
    public string AurocMethod => $"{(patients.AreKnown ? "patient-clustered " : "")}DeLong, logit scale, t";

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
        string? refusal = MeanRefusal([.. findings.Select(f => f.Refusal)]);
        return mean is null ? Estimate.Refuse(null, NoFinding)
            : refusal is not null ? Estimate.Refuse(mean, refusal)
            : Resampled(mean, null, BootstrapReplicates.Mean(replicates));
    }

    /// <summary>
    /// The difference of two scores of one finding: DeLong's interval over patients with Student's t, and the p value over permutations of
    /// patients, which holds its level where DeLong's does not (docs/statistics.md).
    /// </summary>
    /// <param name="first">The first run.</param>
    /// <param name="second">The second run, on the same images.</param>
    public AurocDifference Difference(FindingScores first, FindingScores second)
    {
        string? refusal = Refusal(first.CountPatients(1), first.CountPatients(0));
        double? a = BinaryMetrics.Auroc(first.Labels, first.Logits);
        double? b = BinaryMetrics.Auroc(second.Labels, second.Logits);
        return refusal is not null ? new AurocDifference(first.Finding, a, b, null, null, null, refusal)
            : PairedAuroc.Compute(first.Labels, second.Logits, first.Logits, first.Patients, options.Level) is not { } test
                ? new AurocDifference(first.Finding, a, b, null, null, null, OnePatient)
            : new AurocDifference(first.Finding, a, b, test.SmallSample.Interval, PairedPermutation.PValue(
                    first.Labels, second.Logits, first.Logits, first.Patients, options.Seed, threads: options.Threads),
                $"interval {(patients.AreKnown ? "patient-clustered " : "")}paired DeLong, t; p {patients.Noun} permutation", null);
    }

    /// <summary>The difference of two means over findings, from the differences over the same resamples.</summary>
    /// <param name="findings">The findings of the means.</param>
    /// <param name="first">The mean of the first run over the resamples.</param>
    /// <param name="second">The mean of the second run.</param>
    public AurocDifference MeanDifference(IReadOnlyList<AurocDifference> findings, double[] first, double[] second)
    {
        if (findings.Count == 0)
        {
            return new AurocDifference(RunFigures.Mean, null, null, null, null, null, NoFinding);
        }

        (double a, double b) = (findings.Average(f => f.First!.Value), findings.Average(f => f.Second!.Value));
        double[] differences = [.. first.Zip(second, (x, y) => y - x)];
        return MeanRefusal([.. findings.Select(f => f.Refusal)]) is { } refusal
            ? new AurocDifference(RunFigures.Mean, a, b, null, null, null, refusal)
            : new AurocDifference(RunFigures.Mean, a, b, BootstrapReplicates.Percentiles(differences, options.Level).Interval,
                BootstrapReplicates.PValue(differences), BootstrapMethod, null);
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

    private static string? MeanRefusal(IReadOnlyList<string?> refusals)
    {
        int refused = refusals.Count(r => r is not null);
        return refused == 0 ? null
            : refused == refusals.Count ? refusals[0]
            : $"{refused} of {refusals.Count} findings have no interval, so their mean has none.";
    }

    private Estimate Auroc(double? value, ClusteredAuroc? area, string? refusal) =>
        value is null || refusal is not null ? Estimate.Refuse(value, refusal ?? "There is only one class.")
        : area is null ? Estimate.Refuse(value, OnePatient)
        : area.Interval(options.Level) is { } interval && area.StandardError > 0
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
