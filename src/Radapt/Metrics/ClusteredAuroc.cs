namespace Radapt.Metrics;

/// <summary>
/// AUROC, its standard error, and its covariance with another score's on the same images, where images come in clusters, such as several
/// of a patient, which are not independent: the structural components of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), summed
/// over clusters (Obuchowski, Biometrics 53, 1997). With clusters of one image it is DeLong's. Components come from one sort, as the
/// midranks of Sun and Xu (IEEE Signal Processing Letters 21, 2014) do.
/// </summary>
internal sealed class ClusteredAuroc
{
    private readonly double[] _positives; // (clusters) sums of the components of positives, less their expectation
    private readonly double[] _negatives;
    private readonly Counts _counts;

    private ClusteredAuroc(double auroc, double[] positives, double[] negatives, Counts counts) =>
        (Auroc, _positives, _negatives, _counts) = (auroc, positives, negatives, counts);

    private readonly record struct Counts(int Positives, int Negatives, int Clusters, int WithPositives, int WithNegatives);

    /// <summary>The area.</summary>
    public double Auroc { get; }

    /// <summary>Its standard error.</summary>
    public double StandardError => Math.Sqrt(Math.Max(0, Covariance(this).Sum));

    /// <summary>The area over all clusters; null where either class is missing or is in a single cluster.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="scores">(N), finite.</param>
    /// <param name="clusters">(N): the cluster of each, from 0; empty: each image is one.</param>
    public static ClusteredAuroc? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters)
    {
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        Array.Sort(scores.ToArray(), order);
        int positives = labels.Count((sbyte)1);
        int negatives = labels.Length - positives;
        int count = clusters.IsEmpty ? labels.Length : 1 + Highest(clusters);
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
                int cluster = clusters.IsEmpty ? order[i] : clusters[order[i]];
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

        var counts = new Counts(positives, negatives, positivesOf.Zip(negativesOf).Count(c => c.First + c.Second > 0),
            positivesOf.Count(c => c > 0), negativesOf.Count(c => c > 0));
        if (counts.WithPositives < 2 || counts.WithNegatives < 2)
        {
            return null;
        }

        double auroc = ofPositives.Sum() / positives;
        for (int c = 0; c < count; c++)
        {
            ofPositives[c] -= positivesOf[c] * auroc;
            ofNegatives[c] -= negativesOf[c] * auroc;
        }

        return new ClusteredAuroc(auroc, ofPositives, ofNegatives, counts);
    }

    /// <summary>
    /// An interval that holds in small sets, too: on the logit scale, with the quantile of Student's t for the degrees of freedom of the
    /// variance; docs/statistics.md compares it with others.
    /// </summary>
    /// <param name="level">The confidence, such as .95.</param>
    /// <returns>Null where the area is 0 or 1.</returns>
    public Interval? Interval(double level)
    {
        VarianceParts variance = Covariance(this);
        double z = NormalDistribution.HalfWidth(level);
        double stretch = StudentDistribution.Quantile(z, variance.Freedom) / z;
        return NormalInterval.Logit(Auroc, stretch * StandardError, level);
    }

    /// <summary>The covariance of two areas; the variance where the other is this one.</summary>
    /// <param name="other">Of another score, on the same images with the same labels and clusters.</param>
    public VarianceParts Covariance(ClusteredAuroc other)
    {
        (double positives, double negatives, double products) = (0, 0, 0);
        for (int c = 0; c < _positives.Length; c++)
        {
            positives += _positives[c] * other._positives[c];
            negatives += _negatives[c] * other._negatives[c];
            products += (_positives[c] * other._negatives[c]) + (_negatives[c] * other._positives[c]);
        }

        (double m, double n) = (_counts.Positives, _counts.Negatives);
        return new VarianceParts(
            Unbiased(_counts.WithPositives) * positives / (m * m), Unbiased(_counts.WithNegatives) * negatives / (n * n),
            Unbiased(_counts.Clusters) * products / (m * n), _counts.WithPositives, _counts.WithNegatives);
    }

    private static double Unbiased(double clusters) => clusters / (clusters - 1);

    private static int Highest(ReadOnlySpan<int> values)
    {
        int highest = -1;
        foreach (int value in values)
        {
            highest = Math.Max(highest, value);
        }

        return highest;
    }
}
