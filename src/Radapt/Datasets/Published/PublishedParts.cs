namespace Radapt.Datasets.Published;

/// <summary>The parts of a published data set.</summary>
/// <param name="Parts">Train, val and test.</param>
/// <param name="PathOf">The absolute path of an image by its name, whether it exists or not.</param>
/// <param name="IsFraction">The training part is the published list of the label fraction that was asked for; nothing is to be drawn from
/// it.</param>
internal sealed record PublishedParts(IReadOnlyList<PublishedPart> Parts, Func<string, string> PathOf, bool IsFraction);
