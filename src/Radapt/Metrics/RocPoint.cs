namespace Radapt.Metrics;

/// <summary>One operating point: those scoring at least <paramref name="Threshold"/> are called positive.</summary>
/// <param name="FalsePositiveRate">Share of the negatives called positive: 1 - specificity.</param>
/// <param name="TruePositiveRate">Share of the positives called positive: sensitivity.</param>
/// <param name="Threshold">A score that occurs; positive infinity at the first point, where nothing is called positive.</param>
internal readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold);
