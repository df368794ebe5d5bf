namespace Radapt.Metrics;

/// <summary>
/// The scores of one finding in falling order, prepared for many weightings: a resample is a number of times that each cluster counts, so
/// its figures need a pass over the images, but no sort.
/// </summary>
internal sealed class RankedScores
{
    // Of each image from the highest score: cluster, whether it is positive, and whether the next image has a lower score. In one number,
    // so that the pass reads little memory.
    private const int PositiveBit = 2;
    private const int LastOfTieBit = 1;
    private const int ClusterShift = 2;

    private readonly int[] _images;

    private RankedScores(int[] images) => _images = images;

    /// <summary>Ranks scores.</summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="scores">(N), finite where labels are known.</param>
    /// <param name="clusters">(N): the cluster of each, from 0.</param>
    public static RankedScores Create(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters)
    {
        var known = new List<int>(labels.Length);
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                known.Add(i);
            }
        }

        int[] order = [.. known];
        double[] keys = new double[order.Length];
        for (int k = 0; k < order.Length; k++)
        {
            keys[k] = -scores[order[k]];
        }

        Array.Sort(keys, order);
        int[] images = new int[order.Length];
        for (int k = 0; k < order.Length; k++)
        {
            bool isLast = k == order.Length - 1 || keys[k] != keys[k + 1];
            images[k] = (clusters[order[k]] << ClusterShift) | (labels[order[k]] == 1 ? PositiveBit : 0) | (isLast ? LastOfTieBit : 0);
        }

        return new RankedScores(images);
    }

    /// <summary>AUROC and average precision, as <see cref="BinaryMetrics"/> defines them, with every image counted so many times.</summary>
    /// <param name="weights">How often each cluster counts.</param>
    /// <returns>NaN where a class is missing.</returns>
    public (double Auroc, double AveragePrecision) Compute(ReadOnlySpan<ushort> weights)
    {
        (long positives, long negatives, long tiedPositives, long tiedNegatives, long twiceU) = (0, 0, 0, 0, 0);
        double precisions = 0;
        foreach (int image in _images)
        {
            int weight = weights[image >> ClusterShift];
            int positive = weight & -((image & PositiveBit) >> 1); // without a branch that is guessed wrong half of the time
            tiedPositives += positive;
            tiedNegatives += weight - positive;
            if ((image & LastOfTieBit) == 0)
            {
                continue;
            }

            twiceU += tiedNegatives * ((2 * positives) + tiedPositives);
            positives += tiedPositives;
            negatives += tiedNegatives;
            if (tiedPositives > 0)
            {
                precisions += tiedPositives * (positives / (double)(positives + negatives));
            }

            (tiedPositives, tiedNegatives) = (0, 0);
        }

        return positives == 0 || negatives == 0 ? (double.NaN, double.NaN)
            : (twiceU / (2.0 * positives * negatives), precisions / positives);
    }
}
