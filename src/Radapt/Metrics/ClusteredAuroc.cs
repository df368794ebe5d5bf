namespace Radapt.Metrics;

/// <summary>
/// AUROC and its standard error where scores come in clusters, such as several images of a patient, which are not independent: the
/// structural
/// components of DeLong, DeLong and Clarke-Pearson (1988), summed over clusters (Obuchowski 1997). With clusters of one it is DeLong's.
/// </summary>
/// <param name="Auroc">The area.</param>
/// <param name="StandardError">Its standard error.</param>
internal readonly record struct ClusteredAuroc(double Auroc, double StandardError)
{
    /// <summary>The area over all clusters; null where either class is missing or is in a single cluster.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="scores">(N), finite.</param>
    /// <param name="clusters">(N): the cluster of each, from 0.</param>
    public static ClusteredAuroc? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters)
    {
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        Array.Sort(scores.ToArray(), order);
        int positives = labels.Count((sbyte)1);
        int negatives = labels.Length - positives;
        int count = clusters.Length == 0 ? 0 : 1 + clusters.ToArray().Max();
        double[] ofPositives = new double[count]; // sums of components; and how many images they are of
        double[] ofNegatives = new double[count];
        int[] positivesOf = new int[count];
        int[] negativesOf = new int[count];
        long lower = 0; // negatives below the present score
        long passed = 0; // positives below it
        for (int start = 0, end; start < order.Length; start = end)
        {
            (int tiedPositives, int tiedNegatives) = (0, 0);
            for (end = start; end < order.Length && scores[order[end]] == scores[order[start]]; end++)
            {
                _ = labels[order[end]] == 1 ? tiedPositives++ : tiedNegatives++;
            }

            double placePositive = (lower + (tiedNegatives / 2.0)) / negatives;
            double placeNegative = (positives - passed - (tiedPositives / 2.0)) / positives;
            for (int i = start; i < end; i++)
            {
                int cluster = clusters[order[i]];
                if (labels[order[i]] == 1)
                {
                    ofPositives[cluster] += placePositive;
                    positivesOf[cluster]++;
                }
                else
                {
                    ofNegatives[cluster] += placeNegative;
                    negativesOf[cluster]++;
                }
            }

            lower += tiedNegatives;
            passed += tiedPositives;
        }

        double withPositives = positivesOf.Count(c => c > 0);
        double withNegatives = negativesOf.Count(c => c > 0);
        if (withPositives < 2 || withNegatives < 2)
        {
            return null;
        }

        double auroc = ofPositives.Sum() / positives;
        (double squares10, double squares01, double products) = (0, 0, 0);
        for (int c = 0; c < count; c++)
        {
            double a = ofPositives[c] - (positivesOf[c] * auroc);
            double b = ofNegatives[c] - (negativesOf[c] * auroc);
            squares10 += a * a;
            squares01 += b * b;
            products += a * b;
        }

        double variance = (withPositives / (withPositives - 1) * squares10 / ((double)positives * positives))
            + (withNegatives / (withNegatives - 1) * squares01 / ((double)negatives * negatives))
            + (2.0 * count / (count - 1) * products / ((double)positives * negatives));
        return new ClusteredAuroc(auroc, Math.Sqrt(Math.Max(0, variance)));
    }
}
