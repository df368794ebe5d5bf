namespace Radapt.Studies;

/// <summary>The AUROC of a finding over the folds.</summary>
/// <param name="Finding">Its name; <c>mean</c>: the mean over findings.</param>
/// <param name="Pooled">Of all images together.</param>
/// <param name="Mean">Mean over the folds where it is defined.</param>
/// <param name="StandardDeviation">Over those folds, with n - 1; null for fewer than two.</param>
/// <param name="Values">Of every fold; null: undefined there, for want of positives or negatives.</param>
public sealed record FoldedFigure(string Finding, double? Pooled, double? Mean, double? StandardDeviation, IReadOnlyList<double?> Values);
