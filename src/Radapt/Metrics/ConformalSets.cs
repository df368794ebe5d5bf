namespace Radapt.Metrics;

/// <summary>What can be said of an image with the asked confidence.</summary>
internal enum ConformalAnswer
{
    /// <summary>Only "positive" is plausible.</summary>
    Positive,

    /// <summary>Only "negative" is plausible.</summary>
    Negative,

    /// <summary>Both are plausible, or neither is.</summary>
    Uncertain,
}

/// <summary>
/// Class-conditional (Mondrian) conformal sets: answers that are right for at least 1 - α of the positives and, apart from these, of the
/// negatives, whatever the model, as long as new images come from where the fitted ones do (Vovk, Gammerman and Shafer, Algorithmic
/// learning in a random world, 2005, section 4.5; Vovk, Conditional validity of inductive conformal predictors, 2012). "Positive" is
/// plausible from a score upwards, "negative" up to a score.
/// </summary>
/// <param name="Alpha">The share of errors that is accepted in each class.</param>
/// <param name="PositiveFrom">The lowest score for which "positive" is plausible.</param>
/// <param name="NegativeUpTo">The highest score for which "negative" is plausible.</param>
internal sealed record ConformalSets(double Alpha, double PositiveFrom, double NegativeUpTo)
{
    /// <summary>The fewest images of a class that can give such answers: with fewer, every score is plausible.</summary>
    public static int FewestCases(double alpha) => (int)Math.Ceiling((1 / alpha) - 1e-9) - 1;

    /// <summary>Fits the limits: of n images of a class, the k-th most unusual is the limit, k = floor(α (n + 1)).</summary>
    /// <param name="alpha">The share of errors that is accepted in each class, above 0 and below 1.</param>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out. Not of images that the model has learned from.</param>
    /// <param name="scores">(N), finite.</param>
    /// <returns>Null where a class has too few images.</returns>
    public static ConformalSets? Fit(double alpha, ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores)
    {
        var positives = new List<double>();
        var negatives = new List<double>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                (labels[i] == 1 ? positives : negatives).Add(scores[i]);
            }
        }

        if (Math.Min(positives.Count, negatives.Count) < FewestCases(alpha))
        {
            return null;
        }

        positives.Sort();
        negatives.Sort();
        return new ConformalSets(alpha, positives[Unusual(positives.Count) - 1], negatives[negatives.Count - Unusual(negatives.Count)]);

        int Unusual(int count) => (int)Math.Floor((alpha * (count + 1)) + 1e-9);
    }

    /// <summary>The answer for a score.</summary>
    public ConformalAnswer Answer(double score) => (score >= PositiveFrom, score <= NegativeUpTo) switch
    {
        (true, false) => ConformalAnswer.Positive,
        (false, true) => ConformalAnswer.Negative,
        _ => ConformalAnswer.Uncertain,
    };

    /// <summary>
    /// How often the answers hold on other images: of the positives and of the negatives, those for which their own class is plausible
    /// (which should be 1 - α); and of all, those without a definite answer.
    /// </summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="scores">(N).</param>
    /// <param name="clusters">(N): the cluster of each, for the intervals; empty: each image is one.</param>
    public (Proportion Positives, Proportion Negatives, Proportion Uncertain) Coverage(
        ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> scores, ReadOnlySpan<int> clusters)
    {
        var cases = new List<(bool IsPositive, double Score, int Cluster)>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                cases.Add((labels[i] == 1, scores[i], clusters.IsEmpty ? i : clusters[i]));
            }
        }

        return (Proportion.Count([.. cases.Where(c => c.IsPositive).Select(c => (c.Score >= PositiveFrom, c.Cluster))]),
            Proportion.Count([.. cases.Where(c => !c.IsPositive).Select(c => (c.Score <= NegativeUpTo, c.Cluster))]),
            Proportion.Count([.. cases.Select(c => (Answer(c.Score) == ConformalAnswer.Uncertain, c.Cluster))]));
    }
}
