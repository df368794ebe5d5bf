namespace Radapt.Metrics;

/// <summary>The receiver operating characteristic of one finding.</summary>
internal static class RocCurve
{
    /// <summary>The points from (0, 0) to (1, 1), thresholds falling; null when either class is missing.</summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown.</param>
    /// <param name="scores">(N), finite.</param>
    /// <param name="dropIntermediate">
    /// Leave out points whose steps before and after are the same in both counts; they are on the line between their neighbours, so plot
    /// and area stay. The same choice as scikit-learn's <c>drop_intermediate</c>, which keeps the highest score's point in any case.
    /// </param>
    /// <exception cref="ArgumentException">Lengths differ, or a label is none of the three.</exception>
    /// <exception cref="RadaptException">A score is not finite.</exception>
    public static IReadOnlyList<RocPoint>? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, bool dropIntermediate = true)
    {
        ThresholdCounts thresholds = ThresholdCounts.Count(labels, scores);
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        ReadOnlySpan<ThresholdCount> counts = thresholds.Counts;
        var points = new List<RocPoint>(counts.Length + 1) { new(0, 0, double.PositiveInfinity) };
        for (int i = 0; i < counts.Length; i++)
        {
            bool isEnd = i == 0 || i == counts.Length - 1;
            if (!dropIntermediate || isEnd || !StepsAreEqual(counts[i - 1], counts[i], counts[i + 1]))
            {
                points.Add(new RocPoint(
                    counts[i].FalsePositives / (double)thresholds.Negatives,
                    counts[i].TruePositives / (double)thresholds.Positives,
                    counts[i].Threshold));
            }
        }

        return points;
    }

    private static bool StepsAreEqual(ThresholdCount before, ThresholdCount at, ThresholdCount after) =>
        at.TruePositives - before.TruePositives == after.TruePositives - at.TruePositives
        && at.FalsePositives - before.FalsePositives == after.FalsePositives - at.FalsePositives;
}
