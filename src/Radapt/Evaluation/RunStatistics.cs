using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>The figures of a run's scores, each with its uncertainty over patients.</summary>
/// <param name="Metrics">The figures alone.</param>
/// <param name="Findings">By finding, in the order of the table.</param>
/// <param name="MeanAuroc">The plain mean over the findings that have both classes.</param>
/// <param name="MeanAveragePrecision">The plain mean over the same findings.</param>
/// <param name="Images">Images of the table.</param>
/// <param name="Patients">Patients of the table; images where patients are not known.</param>
/// <param name="KnowsPatients">Patients are known.</param>
internal sealed record RunStatistics(
    MultiLabelMetrics Metrics, IReadOnlyList<FindingStatistics> Findings, Estimate MeanAuroc, Estimate MeanAveragePrecision, int Images,
    int Patients, bool KnowsPatients)
{
    /// <summary>The noun for what intervals are over.</summary>
    public required string Noun { get; init; }

    /// <summary>The same by examination, the maximum over its images; null: the data tells no examinations.</summary>
    public RunStatistics? Studies { get; init; }

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
            metrics, statistics,
            rules.Mean(metrics.MeanAuroc, [.. defined.Select(f => statistics[f].Auroc)], [.. defined.Select(f => replicates[f].Auroc)]),
            rules.Mean(metrics.MeanAveragePrecision, [.. defined.Select(f => statistics[f].AveragePrecision)],
                [.. defined.Select(f => replicates[f].AveragePrecision)]),
            scores.Images.Count, patients.Count, patients.AreKnown)
        {
            Noun = patients.Noun,
            Studies = scores.ByStudy() is { } studies ? Compute(studies, options) : null,
        };
    }

    /// <summary>The figures as <c>run.json</c> has them.</summary>
    public RunFigures ToFigures()
    {
        (string Name, Estimate Auroc, Estimate AveragePrecision)[] estimates =
        [
            (RunFigures.Mean, MeanAuroc, MeanAveragePrecision), .. Findings.Select(f => (f.Finding, f.Auroc, f.AveragePrecision)),
        ];
        return RunFigures.From(Metrics) with
        {
            Study = Studies is null ? null : Studies.ToFigures() with { Studies = Studies.Images },
            AurocInterval = ByName(estimates.Select(e => (e.Name, Interval(e.Auroc)))),
            AveragePrecisionInterval = ByName(estimates.Select(e => (e.Name, Interval(e.AveragePrecision)))),
            NoInterval = ByName(estimates.Select(e => (e.Name, e.Auroc.Refusal))),
            Patients = KnowsPatients ? Patients : null,
            PatientsNeeded = new OrderedDictionary<string, int>(Findings.Where(f => f.PatientsNeeded is not null)
                .Select(f => KeyValuePair.Create(f.Finding, f.PatientsNeeded!.Value))),
            Calibration = ByName(Findings.Select(f => (f.Finding, f.Calibration is not { } c ? null
                : new RunCalibration(c.Slope, c.Intercept, c.Ece, c.Brier)))),
        };
    }

    private static RunInterval? Interval(Estimate estimate) => estimate.Interval is not { } interval ? null
        : new RunInterval(interval.Lower, interval.Upper, estimate.Method!)
        {
            UndefinedResamples = estimate.UndefinedReplicates == 0 ? null : estimate.UndefinedReplicates,
        };

    private static OrderedDictionary<string, T> ByName<T>(IEnumerable<(string Name, T? Value)> values)
        where T : class =>
        new(values.Where(v => v.Value is not null).Select(v => KeyValuePair.Create(v.Name, v.Value!)));
}
