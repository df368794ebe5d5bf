namespace Radapt.Studies.Comparison;

/// <summary>
/// The difference of two methods at one label fraction, seed by seed: both have the same labelled images, so that what the draw of
/// images does to both is not in it.
/// </summary>
/// <param name="Values">First minus second, of every seed that both have.</param>
internal sealed record PairedDifference(IReadOnlyList<double> Values)
{
    private const double Errors = 2; // a mean beyond so many of its standard errors is called a difference

    /// <summary>Mean over seeds.</summary>
    public double Mean => Values.Average();

    /// <summary>Standard error of the mean; null for fewer than two seeds.</summary>
    public double? StandardError => ComparisonCell.Spread(Values) / Math.Sqrt(Values.Count);

    /// <summary>
    /// 1: the first is better; -1: the second is; 0: the seeds do not tell, or there is one only. No test of significance: two standard
    /// errors of a handful of seeds, which know nothing of the choice of test images.
    /// </summary>
    public int Sign => StandardError is { } error && Math.Abs(Mean) > Errors * error ? Math.Sign(Mean) : 0;

    /// <summary>The difference of two cells; null where no seed has both.</summary>
    public static PairedDifference? Create(ComparisonCell? first, ComparisonCell? second)
    {
        double[] values = first is null || second is null ? []
            : [.. first.Values.Where(v => second.Values.ContainsKey(v.Key)).Select(v => v.Value - second.Values[v.Key])];
        return values.Length == 0 ? null : new PairedDifference(values);
    }
}
