namespace Radapt.Metrics;

/// <summary>What a threshold does: those that score at least as much are called positive.</summary>
/// <param name="Threshold">The score.</param>
/// <param name="Sensitivity">Of the positives, called positive.</param>
/// <param name="Specificity">Of the negatives, called negative.</param>
/// <param name="PositiveValue">Positive predictive value: of those called positive, positive.</param>
/// <param name="NegativeValue">Negative predictive value: of those called negative, negative.</param>
internal sealed record OperatingPoint(
    double Threshold, Proportion Sensitivity, Proportion Specificity, Proportion PositiveValue, Proportion NegativeValue)
{
    /// <summary>Counts what a threshold does.</summary>
    /// <param name="threshold">The score.</param>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="scores">(N).</param>
    /// <param name="clusters">(N): the cluster of each, for the intervals; empty: each image is one.</param>
    public static OperatingPoint Compute(
        double threshold, ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters)
    {
        var cases = new List<(bool IsPositive, bool IsCalled, int Cluster)>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                cases.Add((labels[i] == 1, scores[i] >= threshold, clusters.IsEmpty ? i : clusters[i]));
            }
        }

        return new OperatingPoint(threshold,
            Proportion.Count([.. cases.Where(c => c.IsPositive).Select(c => (c.IsCalled, c.Cluster))]),
            Proportion.Count([.. cases.Where(c => !c.IsPositive).Select(c => (!c.IsCalled, c.Cluster))]),
            Proportion.Count([.. cases.Where(c => c.IsCalled).Select(c => (c.IsPositive, c.Cluster))]),
            Proportion.Count([.. cases.Where(c => !c.IsCalled).Select(c => (!c.IsPositive, c.Cluster))]));
    }

    /// <summary>
    /// Predictive values where another share of the patients has the finding than in these images, by Bayes' theorem from sensitivity and
    /// specificity, which are taken to stay.
    /// </summary>
    /// <param name="prevalence">The share, above 0 and below 1.</param>
    /// <returns>Null where sensitivity or specificity is not known, or nobody would be called so.</returns>
    public (double? Positive, double? Negative) PredictiveValues(double prevalence)
    {
        if (Sensitivity.Value is not { } sensitivity || Specificity.Value is not { } specificity)
        {
            return (null, null);
        }

        double truePositives = sensitivity * prevalence;
        double falsePositives = (1 - specificity) * (1 - prevalence);
        double trueNegatives = specificity * (1 - prevalence);
        double falseNegatives = (1 - sensitivity) * prevalence;
        return (Share(truePositives, falsePositives), Share(trueNegatives, falseNegatives));

        static double? Share(double right, double wrong) => right + wrong == 0 ? null : right / (right + wrong);
    }
}
