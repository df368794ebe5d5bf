namespace Radapt.Metrics;

/// <summary>The variance of an AUROC, or the covariance of two, by what it comes from.</summary>
/// <param name="Positives">The clusters with positives.</param>
/// <param name="Negatives">The clusters with negatives.</param>
/// <param name="Shared">Clusters that have both.</param>
/// <param name="WithPositives">The number of clusters with positives.</param>
/// <param name="WithNegatives">The number of clusters with negatives.</param>
internal readonly record struct VarianceParts(double Positives, double Negatives, double Shared, int WithPositives, int WithNegatives)
{
    /// <summary>All of it.</summary>
    public double Sum => Positives + Negatives + Shared;

    /// <summary>
    /// Degrees of freedom of the variance (Satterthwaite, An approximate distribution of estimates of variance components, Biometrics
    /// Bulletin 2, 1946): between those of the rarer class and those of both together.
    /// </summary>
    public double Freedom
    {
        get
        {
            double sum = Positives + Negatives;
            double parts = (Positives * Positives / (WithPositives - 1)) + (Negatives * Negatives / (WithNegatives - 1));
            return parts > 0 ? sum * sum / parts : Math.Min(WithPositives, WithNegatives) - 1;
        }
    }

    /// <summary>The variance of a difference, from the variances of both and their covariance.</summary>
    public static VarianceParts Difference(VarianceParts first, VarianceParts second, VarianceParts covariance) => first with
    {
        Positives = Math.Max(0, first.Positives + second.Positives - (2 * covariance.Positives)),
        Negatives = Math.Max(0, first.Negatives + second.Negatives - (2 * covariance.Negatives)),
        Shared = first.Shared + second.Shared - (2 * covariance.Shared),
    };
}
