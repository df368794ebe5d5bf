using Radapt.Pacs.Results;

namespace Radapt.Pacs;

/// <summary>What became of one image.</summary>
/// <param name="Files">The results: a report and heat maps of each run that accepted it.</param>
/// <param name="Refusals">Why runs must not be asked about it, once each.</param>
internal sealed record InstanceResults(IReadOnlyList<DicomResult> Files, IReadOnlyList<string> Refusals);
