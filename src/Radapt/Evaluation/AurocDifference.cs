using Radapt.Metrics;

namespace Radapt.Evaluation;

/// <summary>The AUROC of one finding, or the mean over findings, in two runs on the same images.</summary>
/// <param name="Finding">Its name; <c>mean</c> for the mean.</param>
/// <param name="First">The AUROC of the first run; null: undefined.</param>
/// <param name="Second">The AUROC of the second run.</param>
/// <param name="Interval">The 95 % interval of second less first; null: see <paramref name="Refusal"/>.</param>
/// <param name="PValue">Two-sided p value of no difference; null: the test could not be done.</param>
/// <param name="Method">How interval and p value were computed.</param>
/// <param name="Refusal">Why there is no interval.</param>
internal sealed record AurocDifference(
    string Finding, double? First, double? Second, Interval? Interval, double? PValue, string? Method, string? Refusal)
{
    /// <summary>Second less first.</summary>
    public double? Difference => Second - First;

    /// <summary>The p value adjusted for all findings that were tested; null for the mean.</summary>
    public double? HolmPValue { get; init; }
}
