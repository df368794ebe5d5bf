using System.Globalization;

namespace Radapt.Pages;

/// <summary>An axis of a chart.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="From">Its lower end.</param>
/// <param name="To">Its upper end.</param>
/// <param name="Ticks">Where it is labelled, and how.</param>
internal sealed record ChartAxis(string Title, double From, double To, IReadOnlyList<(double At, string Label)> Ticks)
{
    private const int FewestTicks = 4;
    private static readonly int[] s_factors = [5, 2, 1];

    /// <summary>An axis that holds all values, with labels at round numbers.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="values">At least one finite number.</param>
    public static ChartAxis For(string title, IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = (finite.Min(), finite.Max());
        double step = Step(high - low > 1e-9 ? high - low : Math.Max(1e-3, Math.Abs(high)));
        double from = Math.Floor(low / step) * step;
        double to = Math.Max(from + step, Math.Ceiling(high / step) * step);
        return Regular(title, from, to, step);
    }

    /// <summary>An axis that is labelled at regular distances.</summary>
    public static ChartAxis Regular(string title, double from, double to, double step)
    {
        int digits = Enumerable.Range(0, 9).First(d => Math.Abs((step * Math.Pow(10, d)) - Math.Round(step * Math.Pow(10, d))) < 1e-6);
        int count = (int)Math.Round((to - from) / step);
        return new ChartAxis(title, from, to,
            [.. Enumerable.Range(0, count + 1).Select(i => from + (i * step)).Select(at => (at, Text(at, digits)))]);
    }

    // 1, 2 or 5 times a power of ten, at least so that there are a few.
    private static double Step(double range)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / FewestTicks)));
        return s_factors.Select(f => f * power).First(s => range / s >= FewestTicks || s == power);
    }

    private static string Text(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
