using System.Diagnostics;
using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Bench;

/// <summary>
/// What the intervals of a large test set cost: 10,000 images of 4,000 patients, 14 findings, 1,000 resamples of patients.
/// </summary>
internal static class BootstrapRate
{
    private const int Images = 10_000;
    private const int Patients = 4_000;
    private const int Findings = 14;
    private const int Replicates = 1_000;

    /// <summary>Seconds for sorting and resampling, the best of three.</summary>
    public static double Measure()
    {
        var random = new KeyedRandom(1, RandomPurpose.Phantom);
        int[] patients = [.. Enumerable.Range(0, Images).Select(_ => random.NextInt32(Patients))];
        (sbyte[] Labels, double[] Scores)[] findings = [.. Enumerable.Range(0, Findings).Select(f =>
        {
            sbyte[] labels = [.. Enumerable.Range(0, Images).Select(_ => (sbyte)(random.NextDouble() < (f + 1) / 30.0 ? 1 : 0))];
            return (labels, labels.Select(l => l + random.NextGaussian()).ToArray());
        })];
        double best = double.PositiveInfinity;
        for (int turn = 0; turn < 3; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            RankedScores[] columns = [.. findings.Select(f => RankedScores.Create(f.Labels, f.Scores, patients))];
            ClusterBootstrap.Run(columns, Patients, Replicates, seed: 1);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
