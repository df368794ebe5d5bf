namespace Radapt.Metrics;

/// <summary>Student's t distribution in terms of the normal one, to about three digits from 3 degrees of freedom.</summary>
internal static class StudentDistribution
{
    /// <summary>The quantile of t at the share where a normal variable has <paramref name="z"/> (Cornish and Fisher; Abramowitz and Stegun
    /// 26.7.5).</summary>
    /// <param name="z">The normal quantile.</param>
    /// <param name="freedom">Degrees of freedom, at least 1; fractions too.</param>
    public static double Quantile(double z, double freedom)
    {
        double square = z * z;
        double first = z * (square + 1) / 4;
        double second = z * ((((5 * square) + 16) * square) + 3) / 96;
        double third = z * ((((((3 * square) + 19) * square) + 17) * square) - 15) / 384;
        double fourth = z * ((((((((79 * square) + 776) * square) + 1482) * square) - 1920) * square) - 945) / 92160;
        return z + ((first + ((second + ((third + (fourth / freedom)) / freedom)) / freedom)) / freedom);
    }

    /// <summary>The probability of a value at least as far from 0 as <paramref name="t"/> (Wallace, Bounds on normal approximations to
    /// Student's and the chi-square distributions, 1959).</summary>
    /// <param name="t">The value.</param>
    /// <param name="freedom">Degrees of freedom, at least 1; fractions too.</param>
    public static double TwoSided(double t, double freedom) => NormalDistribution.TwoSided(
        ((8 * freedom) + 1) / ((8 * freedom) + 3) * Math.Sqrt(freedom * Math.Log(1 + (t * t / freedom))));
}
