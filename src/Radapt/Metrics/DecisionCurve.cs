namespace Radapt.Metrics;

/// <summary>A point of a decision curve.</summary>
/// <param name="Threshold">The probability from which somebody would act, which is how many false alarms they accept for a find:
/// threshold / (1 - threshold) finds a false alarm.</param>
/// <param name="NetBenefit">Of acting by the model: finds less false alarms, so weighed, per image.</param>
/// <param name="TreatAll">The same of acting on everybody. Acting on nobody has 0.</param>
internal readonly record struct DecisionPoint(double Threshold, double NetBenefit, double TreatAll);

/// <summary>Decision curves (Vickers and Elkin, Decision curve analysis, Medical Decision Making 26, 2006).</summary>
internal static class DecisionCurve
{
    /// <summary>Net benefit TP / N - FP / N x t / (1 - t) at t = .01, .02, …, .99.</summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="probabilities">(N), in [0, 1]; calibrated ones, since thresholds are probabilities.</param>
    /// <returns>Null where a class is missing.</returns>
    public static IReadOnlyList<DecisionPoint>? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> probabilities)
    {
        ThresholdCounts thresholds = ThresholdCounts.Count(labels, probabilities);
        if (!thresholds.HasBothClasses)
        {
            return null;
        }

        double n = thresholds.Positives + thresholds.Negatives;
        var points = new DecisionPoint[99];
        for (int k = 0; k < points.Length; k++)
        {
            double t = (k + 1) / 100.0;
            double odds = t / (1 - t);
            ThresholdCount called = default;
            foreach (ThresholdCount at in thresholds.Counts)
            {
                if (at.Threshold < t)
                {
                    break;
                }

                called = at;
            }

            points[k] = new DecisionPoint(t, (called.TruePositives - (called.FalsePositives * odds)) / n,
                (thresholds.Positives - (thresholds.Negatives * odds)) / n);
        }

        return points;
    }
}
