namespace Radapt.Metrics;

/// <summary>Intervals of a share or an area from its standard error.</summary>
internal static class NormalInterval
{
    /// <summary>Value ± z standard errors, cut off at 0 and 1.</summary>
    /// <param name="value">In [0, 1].</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="level">The confidence, such as .95.</param>
    public static Interval Plain(double value, double error, double level)
    {
        double half = NormalDistribution.HalfWidth(level) * error;
        return new Interval(Math.Max(0, value - half), Math.Min(1, value + half));
    }

    /// <summary>
    /// The same on the logit scale, logit(value) ± z error / (value (1 - value)) by the delta method, and back; it stays within (0, 1) and
    /// is wider on the side of 0.5 (Pepe, The statistical evaluation of medical tests, 2003, section 5.2).
    /// </summary>
    /// <param name="value">In [0, 1].</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="level">The confidence, such as .95.</param>
    /// <returns>Null at 0 and 1, which have no logit.</returns>
    public static Interval? Logit(double value, double error, double level)
    {
        if (value is not (> 0 and < 1))
        {
            return null;
        }

        double centre = Math.Log(value / (1 - value));
        double half = NormalDistribution.HalfWidth(level) * error / (value * (1 - value));
        return new Interval(Logistic.Sigmoid(centre - half), Logistic.Sigmoid(centre + half));
    }
}
