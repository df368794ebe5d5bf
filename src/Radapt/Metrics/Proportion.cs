namespace Radapt.Metrics;

/// <summary>A share of cases, such as a sensitivity, with Wilson's interval.</summary>
/// <param name="Successes">Cases counted.</param>
/// <param name="Trials">Cases that could have been.</param>
internal readonly record struct Proportion(int Successes, int Trials)
{
    /// <summary>
    /// The number of independent cases that know as much as these, where they come in clusters: N / D with the design effect D of Rao and
    /// Scott (A simple method for the analysis of clustered binary data, Biometrics 48, 1992). Null: they are independent.
    /// </summary>
    public double? EffectiveTrials { get; init; }

    /// <summary>Successes / trials; null without trials.</summary>
    public double? Value => Trials == 0 ? null : Successes / (double)Trials;

    /// <summary>
    /// The score interval (Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927), which is within
    /// [0, 1] and not empty at 0 and 1.
    /// </summary>
    /// <param name="level">The confidence, such as .95.</param>
    /// <returns>Null without trials.</returns>
    public Interval? Wilson(double level = 0.95)
    {
        if (Value is not { } share)
        {
            return null;
        }

        double n = EffectiveTrials ?? Trials;
        double z = NormalDistribution.HalfWidth(level);
        double centre = (share + (z * z / (2 * n))) / (1 + (z * z / n));
        double half = z / (1 + (z * z / n)) * Math.Sqrt((share * (1 - share) / n) + (z * z / (4 * n * n)));
        return new Interval(Math.Max(0, Math.Min(share, centre - half)), Math.Min(1, Math.Max(share, centre + half)));
    }

    /// <summary>Counts cases that come in clusters.</summary>
    /// <param name="cases">Whether each is counted, and its cluster.</param>
    public static Proportion Count(IReadOnlyCollection<(bool IsSuccess, int Cluster)> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        (int Successes, int Trials)[] clusters =
            [.. cases.GroupBy(c => c.Cluster, c => c.IsSuccess).Select(g => (g.Count(s => s), g.Count()))];
        (int successes, int trials) = (clusters.Sum(c => c.Successes), cases.Count);
        if (clusters.Length == trials)
        {
            return new Proportion(successes, trials);
        }

        double share = successes / (double)trials;
        if (clusters.Length < 2 || share is 0 or 1)
        {
            return new Proportion(successes, trials) { EffectiveTrials = clusters.Length }; // images of a patient may be alike: the least
        }

        double squares = clusters.Sum(c => (c.Successes - (share * c.Trials)) * (c.Successes - (share * c.Trials)));
        double variance = clusters.Length / (clusters.Length - 1.0) * squares / ((double)trials * trials);
        double effect = variance * trials / (share * (1 - share));
        return new Proportion(successes, trials) { EffectiveTrials = trials / Math.Max(1, effect) };
    }
}
