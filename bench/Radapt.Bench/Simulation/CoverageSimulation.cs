using Radapt.Metrics;

namespace Radapt.Bench;

/// <summary>
/// How often intervals of an AUROC hold the true value, over simulated test sets: a table of docs/statistics.md, from which the defaults
/// follow.
/// </summary>
/// <param name="sets">Simulated sets of each kind.</param>
/// <param name="replicates">Resamples of a bootstrap.</param>
/// <param name="log">Told how far it is.</param>
internal sealed class CoverageSimulation(int sets, int replicates, Action<string> log)
{
    private const double Level = 0.95;
    private const int Findings = 5;

    private static readonly string[] s_methods =
    [
        "DeLong", "DeLong, logit", "clustered DeLong", "clustered DeLong, logit", "clustered DeLong, logit, t",
        "bootstrap", "clustered bootstrap",
    ];

    /// <summary>Simulates, and writes the table as Markdown.</summary>
    /// <param name="line">Told every line.</param>
    public void Run(Action<string> line)
    {
        MarkdownRow.Head([.. SimulatedKind.Columns, .. s_methods, "no interval"], line);
        foreach (SimulatedKind kind in SimulatedKind.All)
        {
            (double[] coverage, double undefined) = Simulate(kind);
            line(MarkdownRow.Write([.. kind.Cells, .. coverage.Append(undefined).Select(MarkdownRow.Percent)]));
            log($"{string.Join(" ", kind.Cells)} done");
        }
    }

    /// <summary>The same for the interval of the mean over findings, for sets of 200 images.</summary>
    /// <param name="line">Told every line.</param>
    public void RunMeans(Action<string> line)
    {
        MarkdownRow.Head([.. SimulatedKind.Columns, $"mean of {Findings} findings: clustered bootstrap"], line);
        foreach (SimulatedKind kind in SimulatedKind.All.Where(k => k.Images == 200))
        {
            line(MarkdownRow.Write([.. kind.Cells, MarkdownRow.Percent(SimulateMean(kind))]));
            log($"mean of {string.Join(" ", kind.Cells)} done");
        }
    }

    // Coverage of the mean over findings of the same patients. The patients' noise is drawn anew for every finding.
    private double SimulateMean(SimulatedKind kind)
    {
        (int held, int defined) = (0, 0);
        for (int set = 0; set < sets; set++)
        {
            SimulatedScores[] findings = [.. Enumerable.Range(0, Findings).Select(f => SimulatedScores.Draw(kind, (set * Findings) + f))];
            if (findings.Any(f => ClusteredAuroc.Compute(f.Labels, f.First, f.Patients) is null))
            {
                continue;
            }

            BootstrapReplicates[] replicated = ClusterBootstrap.Run(
                [.. findings.Select(f => RankedScores.Create(f.Labels, f.First, f.Patients))], findings[0].Patients.Max() + 1, replicates,
                seed: set, threads: 1);
            double[] means = BootstrapReplicates.Mean([.. replicated.Select(r => r.Auroc)]);
            defined++;
            held += BootstrapReplicates.Percentiles(means, Level).Interval?.Contains(kind.Auroc) == true ? 1 : 0;
        }

        return held / (double)defined;
    }

    // Coverage among the sets where the interval is defined, and the share of sets with fewer than two positives or a logit at the end.
    private (double[] Coverage, double Undefined) Simulate(SimulatedKind kind)
    {
        var held = new int[s_methods.Length];
        var defined = new int[s_methods.Length];
        int undefined = 0;
        for (int set = 0; set < sets; set++)
        {
            SimulatedScores data = SimulatedScores.Draw(kind, set);
            ClusteredAuroc? independent = ClusteredAuroc.Compute(data.Labels, data.First, []);
            ClusteredAuroc? patients = ClusteredAuroc.Compute(data.Labels, data.First, data.Patients);
            if (independent is null || patients is null)
            {
                undefined++;
                continue;
            }

            Interval?[] intervals =
            [
                NormalInterval.Plain(independent.Auroc, independent.StandardError, Level),
                NormalInterval.Logit(independent.Auroc, independent.StandardError, Level),
                NormalInterval.Plain(patients.Auroc, patients.StandardError, Level),
                NormalInterval.Logit(patients.Auroc, patients.StandardError, Level),
                patients.Interval(Level),
                Resample(data, [.. Enumerable.Range(0, data.Labels.Length)], set),
                kind.PerPatient == 1 ? null : Resample(data, data.Patients, set),
            ];
            intervals[^1] ??= intervals[^2]; // one image a patient: the same resamples
            undefined += intervals[1] is null ? 1 : 0;
            for (int m = 0; m < intervals.Length; m++)
            {
                defined[m] += intervals[m] is null ? 0 : 1;
                held[m] += intervals[m]?.Contains(kind.Auroc) == true ? 1 : 0;
            }
        }

        double[] coverage = [.. held.Zip(defined, (h, d) => h / (double)d)];
        return (coverage, undefined / (double)sets);
    }

    private Interval? Resample(SimulatedScores data, int[] clusters, int set)
    {
        BootstrapReplicates found = ClusterBootstrap.Run([RankedScores.Create(data.Labels, data.First, clusters)],
            clusters.Max() + 1, replicates, seed: set, threads: 1)[0];
        return BootstrapReplicates.Percentiles(found.Auroc, Level).Interval;
    }
}
