using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>How a run differs from another on the same images.</summary>
/// <param name="First">The name of the run that it is compared with.</param>
/// <param name="Second">Its own name.</param>
/// <param name="Findings">By finding.</param>
/// <param name="Mean">The mean over the findings that have both classes.</param>
internal sealed record RunComparison(string First, string Second, IReadOnlyList<AurocDifference> Findings, AurocDifference Mean)
{
    /// <summary>
    /// Compares every run with the first: by finding a permutation test over patients, for the mean the differences over the same
    /// resamples of patients. Holm's adjustment is over the findings of a pair.
    /// </summary>
    /// <param name="runs">Aligned scores; see <see cref="ComparedScores.Align"/>.</param>
    /// <param name="options">How; null: as by default.</param>
    public static IReadOnlyList<RunComparison> Compute(IReadOnlyList<ComparedScores> runs, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new StatisticsOptions();
        LabelledScores first = runs[0].Scores;
        PatientClusters patients = PatientClusters.Create(first); // of all, so that resamples are the same
        FindingScores[][] findings =
        [
            .. runs.Select(r => first.Findings.Select((_, f) => FindingScores.Select(r.Scores, f, patients)).ToArray()),
        ];
        BootstrapReplicates[] replicates = ClusterBootstrap.Run(
            [.. findings.SelectMany(r => r).Select(f => f.Rank())], patients.Count, options.Replicates, options.Seed, options.Threads);
        var rules = new IntervalRules(options, patients);
        return [.. Enumerable.Range(1, runs.Count - 1).Select(r => ComparePair(
            runs[0].Name, runs[r].Name, findings[0], findings[r], replicates[..first.Findings.Count],
            replicates[(r * first.Findings.Count)..((r + 1) * first.Findings.Count)], rules))];
    }

    private static RunComparison ComparePair(string first, string second, FindingScores[] a, FindingScores[] b,
        BootstrapReplicates[] ofA, BootstrapReplicates[] ofB, IntervalRules rules)
    {
        AurocDifference[] differences = [.. a.Zip(b, rules.Difference)];
        double?[] adjusted = Holm.Adjust([.. differences.Select(d => d.PValue)]);
        differences = [.. differences.Select((d, f) => d with { HolmPValue = adjusted[f] })];
        int[] defined = [.. Enumerable.Range(0, a.Length).Where(f => differences[f].First is not null)];
        return new RunComparison(first, second, differences, rules.MeanDifference(
            [.. defined.Select(f => differences[f])], BootstrapReplicates.Mean([.. defined.Select(f => ofA[f].Auroc)]),
            BootstrapReplicates.Mean([.. defined.Select(f => ofB[f].Auroc)])));
    }
}
