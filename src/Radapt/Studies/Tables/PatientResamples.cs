using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Studies.Tables;

/// <summary>
/// The figures of runs over resamples of their test patients. All runs of a study that test the same patients have the same resamples, so
/// that their differences are paired. Nothing is averaged before it is scored: a resample's figure is that of every run, then the mean over
/// seeds, which is the figure that tables show.
/// </summary>
/// <param name="options">Resamples, level and seed.</param>
internal sealed class PatientResamples(StatisticsOptions options)
{
    private readonly Dictionary<string, RunResamples> _runs = [];

    /// <summary>Adds a run.</summary>
    /// <param name="run">Its name.</param>
    /// <param name="scores">Its test images.</param>
    public void Add(string run, LabelledScores scores)
    {
        PatientClusters patients = NumberByName(scores);
        FindingScores[] findings = [.. scores.Findings.Select((_, f) => FindingScores.Select(scores, f, patients))];
        BootstrapReplicates[] replicates = ClusterBootstrap.Run(
            [.. findings.Select(f => f.Rank())], patients.Count, options.Replicates, options.Seed, options.Threads);
        var rules = new IntervalRules(options, patients);
        string?[] refusals = [.. findings.Select(f => rules.Refusal(f.CountPatients(1), f.CountPatients(0)))];
        int[] defined = [.. Enumerable.Range(0, findings.Length).Where(f => findings[f].Count(1) > 0 && findings[f].Count(0) > 0)];
        int refused = defined.Count(f => refusals[f] is not null);
        string? whole = defined.Length == 0 ? "No finding has both positives and negatives."
            : refused == 0 ? null
            : defined.Length == 1 ? refusals[defined[0]]
            : $"{refused} of {defined.Length} findings have too few {patients.Noun}s for an interval, so their mean has none.";
        var figures = new Dictionary<string, (double[] Values, string? Refusal)>
        {
            [RunFigures.Mean] = (BootstrapReplicates.Mean([.. defined.Select(f => replicates[f].Auroc)]), whole),
        };
        foreach ((int f, string name) in scores.Findings.Index())
        {
            figures.TryAdd(name, (replicates[f].Auroc, refusals[f]));
        }

        _runs[run] = new RunResamples(figures, patients, Tested(scores));
    }

    /// <summary>How the interval over patients is computed, for people; null: no run was added.</summary>
    public string? Method => _runs.Values.FirstOrDefault() is { } run ? new IntervalRules(options, run.Patients).BootstrapMethod : null;

    /// <summary>The interval of the mean over some runs.</summary>
    /// <param name="value">The mean.</param>
    /// <param name="finding">Which figure.</param>
    /// <param name="runs">Names of the runs.</param>
    public Estimate Interval(double? value, string finding, IReadOnlyList<string> runs) =>
        Interval(value, finding, runs, [], out _);

    /// <summary>The interval and the p value of the mean difference of pairs of runs.</summary>
    /// <param name="value">The mean difference.</param>
    /// <param name="finding">Which figure.</param>
    /// <param name="runs">Names of the runs.</param>
    /// <param name="others">Names of those that are subtracted, in the same order.</param>
    /// <param name="pValue">Two-sided; null where there is no interval.</param>
    public Estimate Interval(double? value, string finding, IReadOnlyList<string> runs, IReadOnlyList<string> others, out double? pValue)
    {
        pValue = null;
        RunResamples[] all = [.. runs.Concat(others).Select(r => _runs[r])];
        string? refusal = all.Length == 0 ? "No run is complete."
            : all.Select(r => r.Figures.GetValueOrDefault(finding).Refusal).FirstOrDefault(r => r is not null)
            ?? (all.Any(r => r.Tested != all[0].Tested) ? "The runs were not tested on the same images, or the key that hides their names "
                + "(.radapt-key with the data) was another." : null);
        if (refusal is not null || all.Any(r => !r.Figures.ContainsKey(finding)))
        {
            return Estimate.Refuse(value, refusal ?? "Not every run has this finding.");
        }

        double[] resampled = BootstrapReplicates.Mean([.. runs.Select(r => _runs[r].Figures[finding].Values)]);
        if (others.Count > 0)
        {
            double[] subtracted = BootstrapReplicates.Mean([.. others.Select(r => _runs[r].Figures[finding].Values)]);
            resampled = [.. resampled.Zip(subtracted, (a, b) => a - b)];
            pValue = BootstrapReplicates.PValue(resampled);
        }

        (Interval? interval, int undefined) = BootstrapReplicates.Percentiles(resampled, options.Level);
        return interval is null ? Estimate.Refuse(value, "No resample has both classes.")
            : new Estimate(value, interval, Method, null) { UndefinedReplicates = undefined };
    }

    // By name, not by the scores of one table: only so is a patient the same one in the resamples of every run.
    private static PatientClusters NumberByName(LabelledScores scores)
    {
        (bool IsImage, string Name)[] keys =
            [.. scores.Images.Select((image, i) => scores.Patients?[i] is { } patient ? (false, patient) : (true, image))];
        Dictionary<(bool, string), int> numbers = keys.Distinct().OrderBy(k => k.IsImage).ThenBy(k => k.Name, StringComparer.Ordinal)
            .Index().ToDictionary(k => k.Item, k => k.Index);
        return new PatientClusters([.. keys.Select(k => numbers[k])], numbers.Count, keys.Any(k => !k.IsImage));
    }

    // What must be equal for two tables to have the same resamples.
    private static string Tested(LabelledScores scores) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(
        System.Text.Encoding.UTF8.GetBytes(string.Join('\n', scores.Images.Select((image, i) => $"{image}\t{scores.Patients?[i]}")
            .Order(StringComparer.Ordinal)))));

    private sealed record RunResamples(
        IReadOnlyDictionary<string, (double[] Values, string? Refusal)> Figures, PatientClusters Patients, string Tested);
}
