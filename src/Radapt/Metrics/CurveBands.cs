using Radapt.Compute;

namespace Radapt.Metrics;

/// <summary>A point of a band.</summary>
/// <param name="X">False-positive rate or recall.</param>
/// <param name="Low">Lower end of the sensitivity or precision there.</param>
/// <param name="High">Upper end.</param>
internal readonly record struct BandPoint(double X, double Low, double High);

/// <summary>
/// Pointwise bands of ROC and precision-recall curves: at each false-positive rate the percentiles of the sensitivity, and at each recall
/// those of the precision, over resamples of patients (vertical bands; Macskassy and Provost, Confidence bands for ROC curves, 2004).
/// </summary>
/// <param name="Roc">At false-positive rates 0, .02, …, 1.</param>
/// <param name="PrecisionRecall">At recalls .02, .04, …, 1.</param>
internal sealed record CurveBands(IReadOnlyList<BandPoint> Roc, IReadOnlyList<BandPoint> PrecisionRecall)
{
    private const int Steps = 50;

    /// <summary>Resamples clusters.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="scores">(N), finite.</param>
    /// <param name="clusters">(N): the patient of each image, from 0.</param>
    /// <param name="replicates">Resamples; those without both classes are left out.</param>
    /// <param name="seed">Seed of the resamples.</param>
    /// <param name="level">The confidence of each point.</param>
    /// <returns>Null where no resample has both classes.</returns>
    public static CurveBands? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters,
        int replicates = 400, long seed = 0, double level = 0.95)
    {
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        Array.Sort(scores.ToArray(), order);
        Array.Reverse(order);
        var images = new Image[order.Length];
        for (int k = 0; k < order.Length; k++)
        {
            images[k] = new Image(clusters[order[k]], labels[order[k]] == 1,
                k == order.Length - 1 || scores[order[k]] != scores[order[k + 1]]);
        }

        ushort[] weights = new ushort[images.Select(i => i.Cluster).DefaultIfEmpty(-1).Max() + 1];
        var sensitivities = new List<double[]>();
        var precisions = new List<double[]>();
        for (int r = 0; r < replicates; r++)
        {
            Array.Clear(weights);
            var random = new KeyedRandom(seed, RandomPurpose.Bootstrap, r);
            for (int c = 0; c < weights.Length; c++)
            {
                weights[random.NextInt32(weights.Length)]++;
            }

            if (Curve(images, weights) is { } curve)
            {
                sensitivities.Add(curve.Sensitivities);
                precisions.Add(curve.Precisions);
            }
        }

        return sensitivities.Count == 0 ? null : new CurveBands(
            [.. Enumerable.Range(0, Steps + 1).Select(g => Point(g / (double)Steps, sensitivities.Select(s => s[g]), level))],
            [.. Enumerable.Range(1, Steps).Select(g => Point(g / (double)Steps, precisions.Select(p => p[g]), level))]);
    }

    private static BandPoint Point(double x, IEnumerable<double> values, double level)
    {
        Interval interval = BootstrapReplicates.Percentiles([.. values], level).Interval!.Value;
        return new BandPoint(x, interval.Lower, interval.Upper);
    }

    // Of one resample: sensitivity at each false-positive rate, on the line between thresholds and, where the curve rises straight up, its
    // upper end; precision at the first threshold that reaches each recall.
    private static (double[] Sensitivities, double[] Precisions)? Curve(Image[] images, ushort[] weights)
    {
        (long positives, long negatives) = (0, 0);
        foreach (Image image in images)
        {
            _ = image.IsPositive ? positives += weights[image.Cluster] : negatives += weights[image.Cluster];
        }

        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        double[] sensitivities = new double[Steps + 1], precisions = new double[Steps + 1];
        (long found, long alarms, long foundBefore, long alarmsBefore) = (0, 0, 0, 0);
        (int nextRate, int nextRecall) = (0, 1);
        foreach (Image image in images)
        {
            int weight = weights[image.Cluster];
            _ = image.IsPositive ? found += weight : alarms += weight;
            if (!image.EndsTie)
            {
                continue;
            }

            while (nextRate <= Steps && (double)nextRate * negatives / Steps < alarms)
            {
                double share = (((double)nextRate * negatives / Steps) - alarmsBefore) / (alarms - alarmsBefore);
                sensitivities[nextRate++] = (foundBefore + (share * (found - foundBefore))) / positives;
            }

            while (nextRecall <= Steps && found * (long)Steps >= nextRecall * positives)
            {
                precisions[nextRecall++] = found / (double)(found + alarms);
            }

            (foundBefore, alarmsBefore) = (found, alarms);
        }

        sensitivities.AsSpan(nextRate).Fill(1);
        return (sensitivities, precisions);
    }

    private readonly record struct Image(int Cluster, bool IsPositive, bool EndsTie);
}
