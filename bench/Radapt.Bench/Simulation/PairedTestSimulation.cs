using Radapt.Metrics;

namespace Radapt.Bench;

/// <summary>
/// How often the tests of two AUROCs find a difference at p &lt; .05 where there is none, over simulated test sets: a table of
/// docs/statistics.md, from which the default follows. The two scores are alike, or have the same area under ROC curves of other shapes.
/// </summary>
/// <param name="sets">Simulated sets of each kind.</param>
/// <param name="permutations">Permutations of a test.</param>
/// <param name="log">Told how far it is.</param>
internal sealed class PairedTestSimulation(int sets, int permutations, Action<string> log)
{
    private const double Level = 0.05;
    private const double Unlike = 1.5; // standard deviation of positives, of others 1

    private static readonly string[] s_tests = ["DeLong", "clustered DeLong", "clustered DeLong, t", "permutation"];

    /// <summary>Simulates, and writes the table as Markdown.</summary>
    /// <param name="line">Told every line.</param>
    public void Run(Action<string> line)
    {
        MarkdownRow.Head([.. SimulatedKind.Columns, .. s_tests, .. s_tests.Select(t => $"{t}; unlike")], line);
        foreach (SimulatedKind kind in SimulatedKind.All)
        {
            line(MarkdownRow.Write([.. kind.Cells, .. Simulate(kind, 1).Concat(Simulate(kind, Unlike)).Select(MarkdownRow.Percent)]));
            log($"{string.Join(" ", kind.Cells)} done");
        }
    }

    // The share of the sets with two clusters of each class in which each test rejects.
    private double[] Simulate(SimulatedKind kind, double spread)
    {
        var rejected = new int[s_tests.Length];
        int tests = 0;
        for (int set = 0; set < sets; set++)
        {
            SimulatedScores data = SimulatedScores.Draw(kind, set, spread);
            if (PairedAuroc.Compute(data.Labels, data.First, data.Second, data.Patients) is not { } clustered)
            {
                continue;
            }

            tests++;
            double permuted = PairedPermutation.PValue(data.Labels, data.First, data.Second, data.Patients, set, permutations);
            double?[] pValues =
            [
                PairedAuroc.Compute(data.Labels, data.First, data.Second, [])!.PValue, clustered.PValue, clustered.SmallSample.PValue,
                permuted,
            ];
            for (int t = 0; t < pValues.Length; t++)
            {
                rejected[t] += pValues[t] < Level ? 1 : 0;
            }
        }

        return [.. rejected.Select(r => r / (double)tests)];
    }
}
