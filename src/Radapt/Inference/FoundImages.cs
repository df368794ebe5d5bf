using Radapt.Datasets.Matching;

namespace Radapt.Inference;

/// <summary>The image files that somebody named.</summary>
/// <param name="Paths">As they were named, in the order that <see cref="ImagePaths.Find"/> gives.</param>
/// <param name="PassedOver">Files of the named folders and patterns that are not images, counted.</param>
internal sealed record FoundImages(IReadOnlyList<string> Paths, PassedOverFiles PassedOver);
