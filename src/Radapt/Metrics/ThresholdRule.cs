namespace Radapt.Metrics;

/// <summary>How a threshold is chosen; those that score at least the threshold are called positive.</summary>
internal enum ThresholdRule
{
    /// <summary>The largest sensitivity + specificity - 1 (Youden, Index for rating diagnostic tests, Cancer 3, 1950).</summary>
    Youden,

    /// <summary>The highest threshold with at least a given sensitivity.</summary>
    Sensitivity,

    /// <summary>The lowest threshold with at least a given specificity.</summary>
    Specificity,
}

/// <summary>Chooses thresholds.</summary>
internal static class ThresholdChoice
{
    /// <summary>
    /// The threshold, half-way between two scores that occur, so that rounding does not change who is above. Of several with the same
    /// index of Youden, the highest.
    /// </summary>
    /// <param name="rule">What is wanted.</param>
    /// <param name="target">The sensitivity or specificity, above 0 and at most 1; Youden's rule needs none.</param>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="scores">(N), finite.</param>
    /// <returns>Null where a class is missing.</returns>
    public static double? Choose(ThresholdRule rule, double target, ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores)
    {
        ThresholdCounts thresholds = ThresholdCounts.Count(labels, scores);
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        ReadOnlySpan<ThresholdCount> counts = thresholds.Counts; // thresholds fall, both rates rise
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int i = 0; i < counts.Length; i++)
        {
            double sensitivity = counts[i].TruePositives / (double)thresholds.Positives;
            double specificity = 1 - (counts[i].FalsePositives / (double)thresholds.Negatives);
            double merit = rule switch
            {
                ThresholdRule.Youden => sensitivity + specificity,
                ThresholdRule.Sensitivity => sensitivity >= target ? 1 : 0, // the first that reaches it
                _ => specificity >= target ? i : -1, // the last that still has it
            };
            if (merit > highest)
            {
                (best, highest) = (i, merit);
            }
        }

        if (rule == ThresholdRule.Specificity && highest < 0)
        {
            return counts[0].Threshold + 1; // even the highest score is a negative's: nobody is called positive
        }

        return best == counts.Length - 1 ? counts[best].Threshold
            : counts[best + 1].Threshold + ((counts[best].Threshold - counts[best + 1].Threshold) / 2);
    }
}
