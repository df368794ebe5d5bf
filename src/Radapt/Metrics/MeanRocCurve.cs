namespace Radapt.Metrics;

/// <summary>
/// The vertical mean of ROC curves (Fawcett 2006): the mean sensitivity at each false-positive rate. The area under it is the mean of the
/// areas, but for the grid.
/// </summary>
internal static class MeanRocCurve
{
    private const int Steps = 100;

    /// <summary>The mean curve.</summary>
    /// <param name="curves">At least one, each from (0, 0) to (1, 1).</param>
    /// <returns>Points at false-positive rates 0, .01, …, 1.</returns>
    public static IReadOnlyList<(double FalsePositiveRate, double TruePositiveRate)> Compute(
        IReadOnlyCollection<IReadOnlyList<RocPoint>> curves) =>
    [
        .. Enumerable.Range(0, Steps + 1).Select(i => i / (double)Steps).Select(rate => (rate, curves.Average(c => Sensitivity(c, rate)))),
    ];

    // On the line between the neighbours; where the curve rises straight up, its upper end.
    private static double Sensitivity(IReadOnlyList<RocPoint> curve, double rate)
    {
        int after = 0;
        while (after < curve.Count - 1 && curve[after + 1].FalsePositiveRate <= rate)
        {
            after++;
        }

        RocPoint left = curve[after];
        if (after == curve.Count - 1 || left.FalsePositiveRate == rate)
        {
            return left.TruePositiveRate;
        }

        RocPoint right = curve[after + 1];
        double share = (rate - left.FalsePositiveRate) / (right.FalsePositiveRate - left.FalsePositiveRate);
        return left.TruePositiveRate + (share * (right.TruePositiveRate - left.TruePositiveRate));
    }
}
