namespace Radapt.Metrics;

/// <summary>The figures of one finding; AUROC and average precision are null when a class is missing.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Positives">Images labelled 1.</param>
/// <param name="Negatives">Images labelled 0. Unknown labels count in neither.</param>
/// <param name="Auroc">In [0, 1]; see <see cref="BinaryMetrics.Auroc(ReadOnlySpan{sbyte}, ReadOnlySpan{double})"/>.</param>
/// <param name="AveragePrecision">In (0, 1]; see
/// <see cref="BinaryMetrics.AveragePrecision(ReadOnlySpan{sbyte}, ReadOnlySpan{double})"/>.</param>
public sealed record FindingMetrics(string Finding, int Positives, int Negatives, double? Auroc, double? AveragePrecision);
