namespace Radapt.Metrics;

/// <summary>
/// Precision over recall of one finding: a point for every threshold. Between two points precision is not linear (Davis and Goadrich, The
/// relationship between precision-recall and ROC curves, ICML 2006), so plots draw steps, whose area is the average precision.
/// </summary>
internal static class PrecisionRecallCurve
{
    /// <summary>The points, thresholds falling; null where either class is missing.</summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="scores">(N), finite.</param>
    public static IReadOnlyList<(double Recall, double Precision)>? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores)
    {
        ThresholdCounts thresholds = ThresholdCounts.Count(labels, scores);
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        var points = new List<(double, double)>();
        foreach (ThresholdCount at in thresholds.Counts)
        {
            points.Add((at.TruePositives / (double)thresholds.Positives,
                at.TruePositives / (double)(at.TruePositives + at.FalsePositives)));
        }

        return points;
    }
}
