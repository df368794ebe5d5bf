using Radapt.Metrics;

namespace Radapt.Pacs.Results;

/// <summary>What a run says of one finding of an image.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Score">The model's probability, 0 to 1, not calibrated.</param>
/// <param name="Calibrated">The calibrated probability; null: the run has none.</param>
/// <param name="IsPositive">At or above the threshold; null: the run has none.</param>
/// <param name="Answer">The conformal answer; null: the run has none.</param>
internal sealed record FindingResult(string Finding, double Score, double? Calibrated, bool? IsPositive, ConformalAnswer? Answer)
{
    /// <summary>Above the threshold of the run, or more likely than not where it has none.</summary>
    public bool IsCalledPositive => IsPositive ?? Score >= 0.5;
}
