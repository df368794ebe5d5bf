using Radapt.Metrics;

namespace Radapt.Studies.Tables;

/// <summary>
/// The difference of two cells, seed by seed: runs of the same seed have the same labelled images, so that what the draw of images does to
/// both is not in it.
/// </summary>
/// <param name="Reference">The cell that is subtracted, for people.</param>
/// <param name="Values">This cell less the other, of every seed that both have.</param>
internal sealed record CellDifference(string Reference, IReadOnlyList<double> Values)
{
    // Student's t: beyond so many standard errors lies 5 % on both sides, with 1, 2, … degrees of freedom. StudentDistribution is too rough
    // for two or three seeds.
    private static readonly double[] s_limits = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Mean over seeds.</summary>
    public double Mean => Values.Average();

    /// <summary>Standard error of the mean over seeds; null for fewer than two.</summary>
    public double? StandardError => CellFigure.Spread(Values) / Math.Sqrt(Values.Count);

    /// <summary>The interval of the mean over patients, for these seeds; null: it was not computed.</summary>
    public Estimate? OverPatients { get; init; }

    /// <summary>Two-sided p value of no difference over patients, for these seeds; null: it was not computed.</summary>
    public double? PValue { get; init; }

    /// <summary>
    /// 1: this cell is better; -1: the other is; 0: the 95 % interval over seeds (Student's t) holds 0, or there is one seed only. The
    /// interval knows nothing of the choice of test images.
    /// </summary>
    public int Sign => StandardError is { } error && Math.Abs(Mean) > s_limits[Math.Min(Values.Count - 1, s_limits.Length) - 1] * error
        ? Math.Sign(Mean) : 0;

    /// <summary>The difference of two figures; null where no seed has both.</summary>
    /// <param name="reference">What is subtracted, for people.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="other">What is subtracted.</param>
    public static CellDifference? Create(string reference, CellFigure figure, CellFigure other)
    {
        double[] values = [.. figure.Values.Where(v => other.Values.ContainsKey(v.Key)).Select(v => v.Value - other.Values[v.Key])];
        return values.Length == 0 ? null : new CellDifference(reference, values);
    }
}
