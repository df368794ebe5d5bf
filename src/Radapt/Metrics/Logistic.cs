namespace Radapt.Metrics;

/// <summary>Logistic regression on one score: the log odds of a positive are intercept + slope x score.</summary>
internal static class Logistic
{
    private const int MostSteps = 200;

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>
    /// The intercept and slope of maximum likelihood, by Newton's method with halved steps. The likelihood is concave, so there is one
    /// maximum.
    /// </summary>
    /// <param name="targets">(N): the share of positives that each case stands for, 1 and 0 for plain labels.</param>
    /// <param name="scores">(N), finite.</param>
    /// <param name="fitsIntercept">False: the intercept is 0.</param>
    /// <param name="fitsSlope">False: the slope is 1.</param>
    /// <returns>
    /// Null where there is no maximum: a class is missing, the scores separate the classes (the slope is then without bound), or do not
    /// vary.
    /// </returns>
    public static (double Intercept, double Slope)? Fit(
        ReadOnlySpan<double> targets, ReadOnlySpan<double> scores, bool fitsIntercept = true, bool fitsSlope = true)
    {
        if (!HasMaximum(targets, scores, fitsIntercept, fitsSlope))
        {
            return null;
        }

        (double intercept, double slope) = (0, 1);
        double loss = Loss(targets, scores, intercept, slope);
        for (int step = 0; step < MostSteps; step++)
        {
            (double ga, double gb, double haa, double hab, double hbb) = (0, 0, 0, 0, 0);
            for (int i = 0; i < scores.Length; i++)
            {
                double p = Sigmoid(intercept + (slope * scores[i]));
                double residual = targets[i] - p;
                double weight = p * (1 - p);
                ga += residual;
                gb += residual * scores[i];
                haa += weight;
                hab += weight * scores[i];
                hbb += weight * scores[i] * scores[i];
            }

            double determinant = (haa * hbb) - (hab * hab);
            (double da, double db) = !fitsSlope ? (ga / haa, 0)
                : !fitsIntercept ? (0, gb / hbb)
                : (((ga * hbb) - (gb * hab)) / determinant, ((gb * haa) - (ga * hab)) / determinant);
            if (!double.IsFinite(da) || !double.IsFinite(db))
            {
                return null; // such as scores so far apart that no case has any weight
            }

            double scale = 1;
            double next;
            while ((next = Loss(targets, scores, intercept + (scale * da), slope + (scale * db))) > loss && scale > 1e-10)
            {
                scale /= 2;
            }

            if (next > loss || (Math.Abs(da) < 1e-10 * (1 + Math.Abs(intercept)) && Math.Abs(db) < 1e-10 * (1 + Math.Abs(slope))))
            {
                break; // as close as the numbers allow
            }

            (intercept, slope, loss) = (intercept + (scale * da), slope + (scale * db), next);
        }

        return (intercept, slope);
    }

    private static bool HasMaximum(ReadOnlySpan<double> targets, ReadOnlySpan<double> scores, bool fitsIntercept, bool fitsSlope)
    {
        (double lowPositive, double highPositive) = (double.PositiveInfinity, double.NegativeInfinity);
        (double lowNegative, double highNegative) = (double.PositiveInfinity, double.NegativeInfinity);
        for (int i = 0; i < scores.Length; i++)
        {
            if (targets[i] > 0) // a target between 0 and 1 is on both sides
            {
                (lowPositive, highPositive) = (Math.Min(lowPositive, scores[i]), Math.Max(highPositive, scores[i]));
            }

            if (targets[i] < 1)
            {
                (lowNegative, highNegative) = (Math.Min(lowNegative, scores[i]), Math.Max(highNegative, scores[i]));
            }
        }

        bool hasBoth = !double.IsInfinity(lowPositive) && !double.IsInfinity(lowNegative);
        bool separates = fitsIntercept ? lowPositive >= highNegative || highPositive <= lowNegative
            : (lowPositive >= 0 && highNegative <= 0) || (highPositive <= 0 && lowNegative >= 0);
        bool varies = Math.Max(highPositive, highNegative) > Math.Min(lowPositive, lowNegative);
        return hasBoth && (!fitsSlope || (!separates && (varies || !fitsIntercept)));
    }

    // Minus the log likelihood: log(1 + exp(x)) - target x, without overflow.
    private static double Loss(ReadOnlySpan<double> targets, ReadOnlySpan<double> scores, double intercept, double slope)
    {
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double x = intercept + (slope * scores[i]);
            sum += Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))) - (targets[i] * x);
        }

        return sum;
    }
}
