namespace Radapt.Metrics;

/// <summary>
/// Holm's correction for several tests (A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
/// 1979): adjusted p values at or below α name the hypotheses that are rejected with a family-wise error of at most α, whatever the tests
/// depend on.
/// </summary>
internal static class Holm
{
    /// <summary>Adjusted p values: of the k-th smallest of m, the largest (m - i + 1) p(i) of i up to k, at most 1.</summary>
    /// <param name="values">P values; null: a test that could not be done, which does not count.</param>
    /// <returns>In the order given.</returns>
    public static double?[] Adjust(IReadOnlyList<double?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var adjusted = new double?[values.Count];
        (double P, int Index)[] order =
            [.. values.Index().Where(v => v.Item is not null).Select(v => (v.Item!.Value, v.Index)).Order()];
        double largest = 0;
        for (int k = 0; k < order.Length; k++)
        {
            largest = Math.Max(largest, Math.Min(1, (order.Length - k) * order[k].P));
            adjusted[order[k].Index] = largest;
        }

        return adjusted;
    }
}
