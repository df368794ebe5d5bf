namespace Radapt.Metrics;

/// <summary>How many positives and negatives score at least a threshold.</summary>
internal readonly record struct ThresholdCount(double Threshold, long TruePositives, long FalsePositives);

/// <summary>
/// The counts at every distinct score, highest first: all that AUROC, average precision and the ROC curve are made of. One sort,
/// O(n log n). Equal scores share one threshold, so no order among ties can matter.
/// </summary>
internal sealed class ThresholdCounts
{
    private readonly ThresholdCount[] _counts;

    private ThresholdCounts(ThresholdCount[] counts) => _counts = counts;

    public ReadOnlySpan<ThresholdCount> Counts => _counts;

    public long Positives => _counts.Length == 0 ? 0 : _counts[^1].TruePositives;

    public long Negatives => _counts.Length == 0 ? 0 : _counts[^1].FalsePositives;

    public bool HasBothClasses => Positives > 0 && Negatives > 0;

    /// <param name="labels">(N): 1 positive, 0 negative, -1 unknown and left out.</param>
    /// <param name="scores">(N), finite.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a label is none of the three.</exception>
    /// <exception cref="RadaptException">A score of a known label is not finite.</exception>
    public static ThresholdCounts Count(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores)
    {
        if (labels.Length != scores.Length)
        {
            throw new ArgumentException($"There are {labels.Length} labels but {scores.Length} scores.", nameof(scores));
        }

        double[] known = new double[labels.Length];
        sbyte[] classes = new sbyte[labels.Length];
        int n = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] is < -1 or > 1)
            {
                throw new ArgumentException($"Label {labels[i]} at {i} is not one of 1, 0 and -1 (unknown).", nameof(labels));
            }

            if (labels[i] < 0)
            {
                continue;
            }

            if (!double.IsFinite(scores[i]))
            {
                throw new RadaptException(
                    $"Score {i} is {scores[i]}: the model's outputs are not finite, so they cannot be ranked. Try a lower learning rate.");
            }

            known[n] = scores[i];
            classes[n++] = labels[i];
        }

        Array.Sort(known, classes, 0, n);
        var counts = new List<ThresholdCount>();
        long positives = 0;
        long negatives = 0;
        for (int i = n - 1; i >= 0; i--)
        {
            positives += classes[i];
            negatives += 1 - classes[i];
            if (i == 0 || known[i - 1] != known[i])
            {
                counts.Add(new ThresholdCount(known[i], positives, negatives));
            }
        }

        return new ThresholdCounts([.. counts]);
    }
}
