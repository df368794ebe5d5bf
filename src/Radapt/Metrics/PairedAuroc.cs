namespace Radapt.Metrics;

/// <summary>
/// The difference of two AUROCs on the same images, and the test that there is none: DeLong, DeLong and Clarke-Pearson (1988); for
/// clusters Obuchowski (1997). See <see cref="ClusteredAuroc"/>.
/// </summary>
/// <param name="First">The AUROC of the first score.</param>
/// <param name="Second">The AUROC of the second score.</param>
/// <param name="Difference">First less second.</param>
/// <param name="StandardError">Of the difference.</param>
/// <param name="Interval">Of the difference: ± z standard errors.</param>
/// <param name="Z">Difference over standard error; 0 where both are 0.</param>
/// <param name="PValue">Two-sided. 1 where the scores rank all images alike; null where the difference does not vary though it is not
/// 0, as between a perfect and an inverted score, of which this test cannot judge.</param>
internal sealed record PairedAuroc(
    double First, double Second, double Difference, double StandardError, Interval Interval, double Z, double? PValue)
{
    /// <summary>
    /// Interval and p value by Student's t with the degrees of freedom of the variance. DeLong's normal ones reject too often where few
    /// images are positive; docs/statistics.md compares both.
    /// </summary>
    public required SmallSampleTest SmallSample { get; init; }

    private const double RoundingVariance = 1e-16; // what is left of variances of 1e-2 where they cancel
    private const double RoundingDifference = 1e-12;

    /// <summary>Compares two scores.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="first">(N), finite.</param>
    /// <param name="second">(N), finite.</param>
    /// <param name="clusters">(N): the cluster of each, from 0; empty: each image is one.</param>
    /// <param name="level">The confidence of the interval.</param>
    /// <returns>Null where either class is missing or is in a single cluster.</returns>
    public static PairedAuroc? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> first, ReadOnlySpan<double> second,
        ReadOnlySpan<int> clusters, double level = 0.95)
    {
        if (ClusteredAuroc.Compute(labels, first, clusters) is not { } a
            || ClusteredAuroc.Compute(labels, second, clusters) is not { } b)
        {
            return null;
        }

        double difference = a.Auroc - b.Auroc;
        VarianceParts variance = VarianceParts.Difference(a.Covariance(a), b.Covariance(b), a.Covariance(b));
        double error = variance.Sum < RoundingVariance ? 0 : Math.Sqrt(variance.Sum);
        bool isNone = Math.Abs(difference) < RoundingDifference;
        double half = NormalDistribution.HalfWidth(level) * error;
        double z = error > 0 ? difference / error : isNone ? 0 : Math.CopySign(double.PositiveInfinity, difference);
        return new PairedAuroc(a.Auroc, b.Auroc, difference, error, new Interval(difference - half, difference + half), z,
            error > 0 ? NormalDistribution.TwoSided(z) : isNone ? 1 : null)
        {
            SmallSample = new SmallSampleTest(
                new Interval(difference - (half * Stretch(variance.Freedom)), difference + (half * Stretch(variance.Freedom))),
                error > 0 ? StudentDistribution.TwoSided(z, variance.Freedom) : isNone ? 1 : null),
        };

        double Stretch(double freedom)
        {
            double quantile = NormalDistribution.HalfWidth(level);
            return StudentDistribution.Quantile(quantile, freedom) / quantile;
        }
    }
}

/// <summary>A test of a difference.</summary>
/// <param name="Interval">Of the difference.</param>
/// <param name="PValue">Two-sided; null where the test cannot judge.</param>
internal sealed record SmallSampleTest(Interval Interval, double? PValue);
