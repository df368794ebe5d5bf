namespace Radapt.Metrics;

/// <summary>The standard normal distribution, to about 14 digits.</summary>
internal static class NormalDistribution
{
    private const double SeriesEnd = 3; // the series needs 60 terms there, the fraction 100 for the same digits
    private const int FractionTerms = 100;

    /// <summary>The probability of a value below <paramref name="z"/>.</summary>
    public static double Cdf(double z) => UpperTail(-z);

    /// <summary>The probability of a value above <paramref name="z"/>, without cancellation where it is small.</summary>
    public static double UpperTail(double z) => 0.5 * ComplementaryError(z / Math.Sqrt(2));

    /// <summary>The probability of a value at least as far from 0 as <paramref name="z"/>.</summary>
    public static double TwoSided(double z) => ComplementaryError(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>
    /// The value below which a share <paramref name="p"/> is: a rational start (Abramowitz and Stegun 26.2.23) and Halley's steps.
    /// </summary>
    /// <param name="p">Above 0 and below 1.</param>
    public static double Quantile(double p)
    {
        if (p is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A share above 0 and below 1 is needed.");
        }

        if (p > 0.5)
        {
            return -Quantile(1 - p);
        }

        double t = Math.Sqrt(-2 * Math.Log(p));
        double x = ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))) - t;
        for (int step = 0; step < 3; step++)
        {
            double error = (Cdf(x) - p) * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            x -= error / (1 + (x * error / 2));
        }

        return x;
    }

    /// <summary>The half width, in standard errors, of an interval with this confidence: 1.96 for .95.</summary>
    public static double HalfWidth(double level) => Quantile(1 - ((1 - level) / 2));

    private static double ComplementaryError(double x)
    {
        if (x < 0)
        {
            return 2 - ComplementaryError(-x);
        }

        double density = Math.Exp(-x * x) / Math.Sqrt(Math.PI);
        if (x > SeriesEnd)
        {
            double fraction = 0; // Laplace's continued fraction, from its end
            for (int k = FractionTerms; k > 0; k--)
            {
                fraction = k / 2.0 / (x + fraction);
            }

            return density / (x + fraction);
        }

        double term = 2 * x; // all terms are positive, so nothing cancels
        double sum = term;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= 2 * x * x / ((2 * k) + 1);
            sum += term;
        }

        return 1 - (density * sum);
    }
}
