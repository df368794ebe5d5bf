namespace Radapt.Studies.Comparison;

/// <summary>
/// The difference of two methods at one label fraction, seed by seed: both have the same labelled images, so that what the draw of
/// images does to both is not in it.
/// </summary>
/// <param name="Values">First minus second, of every seed that both have.</param>
internal sealed record PairedDifference(IReadOnlyList<double> Values)
{
    // Student's t: beyond so many standard errors lies 5 % on both sides, with 1, 2, … degrees of freedom.
    private static readonly double[] s_limits = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Mean over seeds.</summary>
    public double Mean => Values.Average();

    /// <summary>Standard error of the mean; null for fewer than two seeds.</summary>
    public double? StandardError => ComparisonCell.Spread(Values) / Math.Sqrt(Values.Count);

    /// <summary>
    /// 1: the first is better; -1: the second is; 0: the 95 % interval over seeds (Student's t) holds 0, or there is one seed only. The
    /// interval knows nothing of the choice of test images.
    /// </summary>
    public int Sign => StandardError is { } error && Math.Abs(Mean) > s_limits[Math.Min(Values.Count - 1, s_limits.Length) - 1] * error
        ? Math.Sign(Mean) : 0;

    /// <summary>The difference of two cells; null where no seed has both.</summary>
    public static PairedDifference? Create(ComparisonCell? first, ComparisonCell? second)
    {
        double[] values = first is null || second is null ? []
            : [.. first.Values.Where(v => second.Values.ContainsKey(v.Key)).Select(v => v.Value - second.Values[v.Key])];
        return values.Length == 0 ? null : new PairedDifference(values);
    }
}
