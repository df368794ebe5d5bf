namespace Radapt.Metrics;

/// <summary>What AUROC labels that nothing was learned of reach by chance.</summary>
internal static class ChanceAuroc
{
    private const double Quantile = 1.645; // 95 % of a normal distribution are below

    /// <summary>
    /// The AUROC that random scores exceed in about 5 % of cases: 0.5 + 1.645 s with the variance of the Mann-Whitney statistic,
    /// s² = (P + N + 1) / (12 P N), for P positives and N negatives (Mann and Whitney 1947).
    /// </summary>
    /// <param name="counts">
    /// Positives and negatives of every finding. Of the mean over findings, s is at most the mean of theirs, which is taken.
    /// </param>
    /// <returns>1 where no finding has both.</returns>
    public static double Upper(IEnumerable<(int Positives, int Negatives)> counts)
    {
        double[] errors = [.. counts.Where(c => c.Positives > 0 && c.Negatives > 0)
            .Select(c => Math.Sqrt((c.Positives + c.Negatives + 1) / (12.0 * c.Positives * c.Negatives)))];
        return errors.Length == 0 ? 1 : Math.Min(1, 0.5 + (Quantile * errors.Average()));
    }
}
