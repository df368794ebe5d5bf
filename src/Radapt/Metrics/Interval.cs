namespace Radapt.Metrics;

/// <summary>An interval of confidence.</summary>
/// <param name="Lower">Its lower end.</param>
/// <param name="Upper">Its upper end, at least <paramref name="Lower"/>.</param>
internal readonly record struct Interval(double Lower, double Upper)
{
    /// <summary>Half of its width.</summary>
    public double HalfWidth() => (Upper - Lower) / 2;

    /// <summary>Whether a value is within it, ends included.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;
}
