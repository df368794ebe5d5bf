using Radapt.Compute;

namespace Radapt.Metrics;

/// <summary>
/// A permutation test that two scores of the same images have the same AUROC: Bandos, Rockette and Gur (Statistics in Medicine 24, 2005).
/// Each score is replaced by its ranks; where the two are alike, it does not matter which is called the first, so in every permutation the
/// ranks of each cluster, such as a patient with all images, are exchanged with probability ½. The difference of the AUROCs is then a sum
/// over clusters of a fixed term with a random sign. Holds its level for any number of images if the scores are exchangeable, which is more
/// than equal AUROCs.
/// </summary>
internal static class PairedPermutation
{
    /// <summary>Permutations that are drawn where there are too many to go through.</summary>
    public const int Drawn = 10_000;

    private const int MostEnumerated = 13; // clusters: 8,192 permutations
    private const double Rounding = 1e-12;

    /// <summary>The two-sided p value.</summary>
    /// <param name="labels">(N): 1 or 0; both classes.</param>
    /// <param name="first">(N), finite.</param>
    /// <param name="second">(N), finite.</param>
    /// <param name="clusters">(N): the cluster of each, from 0; empty: each image is one.</param>
    /// <param name="seed">Of the permutations; permutation p is drawn with the key (seed, p).</param>
    /// <param name="permutations">How many are drawn; up to 13 clusters that matter, all are gone through instead.</param>
    /// <param name="threads">Threads; 0: one per processor. The result is the same.</param>
    /// <returns>The share of permutations with a difference at least as large, the observed one among them; 1 where the scores rank all
    /// images alike.</returns>
    public static double PValue(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> first, ReadOnlySpan<double> second,
        ReadOnlySpan<int> clusters, long seed, int permutations = Drawn, int threads = 1)
    {
        double[] terms = [.. Terms(labels, Ranks(first), Ranks(second), clusters).Where(t => Math.Abs(t) > Rounding)];
        double observed = terms.Sum();
        double enough = Math.Abs(observed) - Rounding;
        if (terms.Length <= MostEnumerated)
        {
            int all = 1 << terms.Length;
            return Enumerable.Range(0, all).Count(signs => Math.Abs(Flipped((ulong)signs)) >= enough) / (double)all;
        }

        int extreme = 1; // the observed one
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };
        Parallel.For(0, permutations, options, () => 0,
            (p, _, sum) => sum + (Math.Abs(observed - (2 * Exchanged(terms, seed, p))) >= enough ? 1 : 0),
            sum => Interlocked.Add(ref extreme, sum));
        return extreme / (permutations + 1.0);

        double Flipped(ulong signs)
        {
            double sum = 0;
            for (int t = 0; t < terms.Length; t++)
            {
                sum += (signs >> t & 1) == 0 ? terms[t] : -terms[t];
            }

            return sum;
        }
    }

    // The sum of the terms whose clusters are exchanged.
    private static double Exchanged(double[] terms, long seed, int permutation)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Permutation, permutation);
        double sum = 0;
        ulong signs = 0;
        for (int t = 0; t < terms.Length; t++)
        {
            signs = t % 64 == 0 ? random.NextUInt64() : signs >> 1;
            sum += (signs & 1) * terms[t];
        }

        return sum;
    }

    // The difference is the mean over pairs of a positive and a negative of whether they are in order by the first score, less the same by
    // the second. Exchanged ranks of one of a pair compare it with the other's rank of the other score; worked out, a permutation's
    // difference is the sum of these terms, each with the sign of its cluster.
    private static double[] Terms(ReadOnlySpan<sbyte> labels, double[] first, double[] second, ReadOnlySpan<int> clusters)
    {
        double[] positives = Sorted(labels, 1, first, second);
        double[] negatives = Sorted(labels, 0, first, second);
        double pairs = positives.Length / 2.0 * (negatives.Length / 2.0);
        var terms = new double[clusters.IsEmpty ? labels.Length : 1 + Highest(clusters)];
        for (int i = 0; i < labels.Length; i++)
        {
            double[] others = labels[i] == 1 ? negatives : positives;
            double ahead = (Below(others, first[i]) - Below(others, second[i])) / (2 * pairs);
            terms[clusters.IsEmpty ? i : clusters[i]] += labels[i] == 1 ? ahead : -ahead;
        }

        return terms;
    }

    // The ranks of one class by both scores, in order.
    private static double[] Sorted(ReadOnlySpan<sbyte> labels, sbyte label, double[] first, double[] second)
    {
        var ranks = new List<double>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == label)
            {
                ranks.Add(first[i]);
                ranks.Add(second[i]);
            }
        }

        ranks.Sort();
        return [.. ranks];
    }

    // How many are below; ties count half. Ranks are multiples of a half, so a quarter is between two of them.
    private static double Below(double[] sorted, double rank) =>
        (~Array.BinarySearch(sorted, rank - 0.25) + ~Array.BinarySearch(sorted, rank + 0.25)) / 2.0;

    private static int Highest(ReadOnlySpan<int> values)
    {
        int highest = -1;
        foreach (int value in values)
        {
            highest = Math.Max(highest, value);
        }

        return highest;
    }

    private static double[] Ranks(ReadOnlySpan<double> scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        double[] sorted = scores.ToArray();
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            for (end = start; end < sorted.Length && sorted[end] == sorted[start]; end++)
            {
            }

            for (int i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2.0;
            }
        }

        return ranks;
    }
}
