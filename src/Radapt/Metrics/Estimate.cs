namespace Radapt.Metrics;

/// <summary>A figure with its interval, or with the reason why it has none.</summary>
/// <param name="Value">The figure; null: undefined, because positives or negatives are missing.</param>
/// <param name="Interval">Its interval; null: see <paramref name="Refusal"/>.</param>
/// <param name="Method">How the interval was computed, such as <c>patient bootstrap</c>; null without one.</param>
/// <param name="Refusal">A sentence that says why there is no interval; null where there is one.</param>
internal sealed record Estimate(double? Value, Interval? Interval, string? Method, string? Refusal)
{
    /// <summary>Replicates of a bootstrap in which the figure was undefined, because they lacked a class, and which are left out.</summary>
    public int UndefinedReplicates { get; init; }

    /// <summary>A figure without an interval.</summary>
    public static Estimate Refuse(double? value, string why) => new(value, null, null, why);
}
