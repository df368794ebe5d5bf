namespace Radapt.Metrics;

/// <summary>
/// How well scores tell positives from negatives. Labels are 1, 0 or -1 (unknown, left out); higher scores speak for the positive
/// class; probabilities and logits rank alike. With one class present these figures are not defined: null, never 0 or 1.
/// </summary>
public static class BinaryMetrics
{
    /// <summary>
    /// Area under the ROC curve: the probability that a positive scores higher than a negative, ties counting half (the Mann-Whitney
    /// statistic by midranks divided by positives x negatives; Hanley and McNeil 1982). Counted in whole numbers, divided once.
    /// </summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown.</param>
    /// <param name="scores">(N), finite.</param>
    /// <returns>In [0, 1], or null when either class is missing.</returns>
    /// <exception cref="ArgumentException">Lengths differ, or a label is none of the three.</exception>
    /// <exception cref="RadaptException">A score is not finite.</exception>
    public static double? Auroc(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores) => Auroc(ThresholdCounts.Count(labels, scores));

    /// <summary>
    /// Average precision: the sum over thresholds of (recall gained) x precision, without interpolation, as scikit-learn defines it.
    /// </summary>
    /// <inheritdoc cref="Auroc(ReadOnlySpan{sbyte}, ReadOnlySpan{double})" path="/param|/returns|/exception"/>
    public static double? AveragePrecision(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores) =>
        AveragePrecision(ThresholdCounts.Count(labels, scores));

    internal static double? Auroc(ThresholdCounts thresholds)
    {
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        // Twice U: each negative counts the positives above its threshold twice and those at it once.
        Int128 twiceU = 0;
        ThresholdCount above = default;
        foreach (ThresholdCount at in thresholds.Counts)
        {
            twiceU += (Int128)(at.FalsePositives - above.FalsePositives) * (at.TruePositives + above.TruePositives);
            above = at;
        }

        return (double)twiceU / (2.0 * thresholds.Positives * thresholds.Negatives);
    }

    internal static double? AveragePrecision(ThresholdCounts thresholds)
    {
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        double sum = 0;
        long found = 0;
        foreach (ThresholdCount at in thresholds.Counts)
        {
            double precision = at.TruePositives / (double)(at.TruePositives + at.FalsePositives);
            sum += (at.TruePositives - found) * precision;
            found = at.TruePositives;
        }

        return sum / thresholds.Positives;
    }
}
