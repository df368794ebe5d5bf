namespace Radapt.Metrics;

/// <summary>Student's t distribution, to about ten digits for any degrees of freedom.</summary>
internal static class StudentDistribution
{
    // Beyond, expansions in terms of the normal distribution are as exact, and the continued fraction takes long.
    private const double ManyDegrees = 10_000;

    /// <summary>The quantile of t at the share where a normal variable has <paramref name="z"/>.</summary>
    /// <param name="z">The normal quantile.</param>
    /// <param name="freedom">Degrees of freedom, at least 1; fractions too.</param>
    public static double Quantile(double z, double freedom)
    {
        if (!(freedom < ManyDegrees) || !double.IsFinite(z))
        {
            return CornishFisher(z, freedom);
        }

        double share = NormalDistribution.TwoSided(z);
        double high = Math.Max(1, Math.Abs(z));
        while (TwoSided(high, freedom) > share && double.IsFinite(high))
        {
            high *= 2;
        }

        double low = 0;
        for (double middle = high / 2; middle > low && middle < high; middle = low + ((high - low) / 2))
        {
            (low, high) = TwoSided(middle, freedom) > share ? (middle, high) : (low, middle);
        }

        return Math.CopySign(high, z);
    }

    /// <summary>The probability of a value at least as far from 0 as <paramref name="t"/>.</summary>
    /// <param name="t">The value.</param>
    /// <param name="freedom">Degrees of freedom, at least 1; fractions too.</param>
    public static double TwoSided(double t, double freedom) => freedom < ManyDegrees
        ? IncompleteBeta.Regularized(freedom / 2, 0.5, freedom / (freedom + (t * t)), t * t / (freedom + (t * t)))
        : Wallace(t, freedom);

    // Cornish and Fisher: Abramowitz and Stegun 26.7.5.
    private static double CornishFisher(double z, double freedom)
    {
        double square = z * z;
        double first = z * (square + 1) / 4;
        double second = z * ((((5 * square) + 16) * square) + 3) / 96;
        return z + ((first + (second / freedom)) / freedom);
    }

    // Wallace, Bounds on normal approximations to Student's and the chi-square distributions, 1959.
    private static double Wallace(double t, double freedom) => NormalDistribution.TwoSided(
        ((8 * freedom) + 1) / ((8 * freedom) + 3) * Math.Sqrt(freedom * Math.Log(1 + (t * t / freedom))));
}
