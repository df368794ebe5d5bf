namespace Radapt.Metrics;

/// <summary>A bin of a reliability curve: how many of the images with such a probability are positive.</summary>
/// <param name="Lower">Probabilities above it; of the first bin, also 0.</param>
/// <param name="Upper">Probabilities up to it.</param>
/// <param name="Images">Images in the bin.</param>
/// <param name="MeanProbability">Their mean probability; null where there are none.</param>
/// <param name="Positives">How many of them are positive, with the interval.</param>
internal sealed record ReliabilityBin(double Lower, double Upper, int Images, double? MeanProbability, Proportion Positives);
