namespace Radapt.Metrics;

/// <summary>The incomplete beta function, from which the shares of Student's t distribution follow.</summary>
internal static class IncompleteBeta
{
    private const double Precision = 1e-16;
    private const int MostTerms = 10_000;

    /// <summary>
    /// The regularised function I_x(a, b), by its continued fraction (Abramowitz and Stegun 26.5.8, evaluated by Lentz's method).
    /// </summary>
    /// <param name="a">Positive.</param>
    /// <param name="b">Positive.</param>
    /// <param name="x">0 to 1.</param>
    /// <param name="rest">1 - x, which the caller may know more exactly than the subtraction gives it.</param>
    public static double Regularized(double a, double b, double x, double rest)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        if (x <= 0 || rest <= 0)
        {
            return x <= 0 ? 0 : 1;
        }

        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(rest)));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(a, b, x) / a : 1 - (front * Fraction(b, a, rest) / b);
    }

    private static double Fraction(double a, double b, double x)
    {
        double c = 1;
        double d = 1 / Away(1 - ((a + b) * x / (a + 1)));
        double value = d;
        for (int m = 1; m < MostTerms; m++)
        {
            Step(m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m))));
            double change = Step(-(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1)));
            if (Math.Abs(change - 1) < Precision)
            {
                break;
            }
        }

        return value;

        double Step(double term)
        {
            d = 1 / Away(1 + (term * d));
            c = Away(1 + (term / c));
            double change = c * d;
            value *= change;
            return change;
        }
    }

    // Lentz: a denominator that vanishes is moved a little.
    private static double Away(double denominator) => Math.Abs(denominator) < 1e-300 ? 1e-300 : denominator;

    // Stirling's series (Abramowitz and Stegun 6.1.41), from 10 on; below, by the recurrence.
    private static double LogGamma(double x)
    {
        double product = 1;
        for (; x < 10; x++)
        {
            product *= x;
        }

        double inverse = 1 / (x * x);
        double series = ((((((((-691 / 360360.0 * inverse) + (1 / 1188.0)) * inverse) - (1 / 1680.0)) * inverse) + (1 / 1260.0)) * inverse)
            - (1 / 360.0)) * inverse;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + ((series + (1 / 12.0)) / x) - Math.Log(product);
    }
}
