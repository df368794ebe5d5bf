using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>The figures of a run's scores, each with its uncertainty over patients.</summary>
/// <param name="Findings">By finding, in the order of the table.</param>
/// <param name="MeanAuroc">The plain mean over the findings that have both classes.</param>
/// <param name="MeanAveragePrecision">The plain mean over the same findings.</param>
/// <param name="Images">Images of the table.</param>
/// <param name="Patients">Patients of the table; images where patients are not known.</param>
/// <param name="KnowsPatients">Patients are known.</param>
internal sealed record RunStatistics(
    IReadOnlyList<FindingStatistics> Findings, Estimate MeanAuroc, Estimate MeanAveragePrecision, int Images, int Patients,
    bool KnowsPatients)
{
    /// <summary>Computes the statistics.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="options">How; null: as by default.</param>
    /// <exception cref="RadaptException">A score of a known label is not finite.</exception>
    public static RunStatistics Compute(LabelledScores scores, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        options ??= new StatisticsOptions();
        MultiLabelMetrics metrics = scores.ComputeMetrics();
        PatientClusters patients = PatientClusters.Create(scores);
        FindingScores[] findings = [.. scores.Findings.Select((_, f) => FindingScores.Select(scores, f, patients))];
        BootstrapReplicates[] replicates = ClusterBootstrap.Run(
            [.. findings.Select(f => f.Rank())], patients.Count, options.Replicates, options.Seed, options.Threads);
        var rules = new IntervalRules(options, patients);
        FindingStatistics[] statistics =
        [
            .. findings.Select((finding, f) => rules.Describe(finding, metrics.Findings[f], replicates[f])),
        ];
        int[] defined = [.. Enumerable.Range(0, findings.Length).Where(f => metrics.Findings[f].Auroc is not null)];
        return new RunStatistics(
            statistics,
            rules.Mean(metrics.MeanAuroc, [.. defined.Select(f => statistics[f].Auroc)], [.. defined.Select(f => replicates[f].Auroc)]),
            rules.Mean(metrics.MeanAveragePrecision, [.. defined.Select(f => statistics[f].AveragePrecision)],
                [.. defined.Select(f => replicates[f].AveragePrecision)]),
            scores.Images.Count, patients.Count, patients.AreKnown);
    }
}
