namespace Radapt.Metrics;

/// <summary>Figures of one column over the resamples of a bootstrap; NaN where a resample lacks a class.</summary>
/// <param name="Auroc">(replicates).</param>
/// <param name="AveragePrecision">(replicates).</param>
internal sealed record BootstrapReplicates(double[] Auroc, double[] AveragePrecision)
{
    /// <summary>The percentile interval of values, those that are NaN left out.</summary>
    /// <param name="values">A figure over resamples.</param>
    /// <param name="level">The confidence, such as .95.</param>
    /// <returns>Null where no value is defined; and how many are not.</returns>
    public static (Interval? Interval, int Undefined) Percentiles(IReadOnlyCollection<double> values, double level)
    {
        double[] sorted = [.. values.Where(v => !double.IsNaN(v)).Order()];
        int undefined = values.Count - sorted.Length;
        double tail = (1 - level) / 2;
        return sorted.Length == 0 ? (null, undefined) : (new Interval(Quantile(sorted, tail), Quantile(sorted, 1 - tail)), undefined);
    }

    /// <summary>The standard deviation of values, those that are NaN left out; NaN for fewer than two.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        double[] defined = [.. values.Where(v => !double.IsNaN(v))];
        double mean = defined.Length == 0 ? double.NaN : defined.Average();
        return defined.Length < 2 ? double.NaN : Math.Sqrt(defined.Sum(v => (v - mean) * (v - mean)) / (defined.Length - 1));
    }

    /// <summary>Plain means over columns, replicate by replicate, of the columns that are defined there.</summary>
    public static double[] Mean(IReadOnlyList<double[]> columns) => columns.Count == 0 ? []
        : [.. Enumerable.Range(0, columns[0].Length).Select(r =>
            {
                (double sum, int count) = (0, 0);
                foreach (double[] column in columns)
                {
                    if (!double.IsNaN(column[r]))
                    {
                        sum += column[r];
                        count++;
                    }
                }

                return count == 0 ? double.NaN : sum / count;
            })];

    /// <summary>
    /// The two-sided p value of no difference, from differences over resamples: twice the smaller share on one side of 0, at least
    /// 2 / (replicates + 1) (Davison and Hinkley, Bootstrap methods and their application, 1997, section 4.2).
    /// </summary>
    public static double? PValue(IReadOnlyCollection<double> differences)
    {
        double[] defined = [.. differences.Where(v => !double.IsNaN(v))];
        return defined.Length == 0 ? null
            : Math.Min(1, 2.0 * (1 + Math.Min(defined.Count(v => v <= 0), defined.Count(v => v >= 0))) / (defined.Length + 1));
    }

    // Linear between the order statistics, as numpy's default.
    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        return below == sorted.Length - 1 ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
