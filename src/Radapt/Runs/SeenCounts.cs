using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Datasets;

namespace Radapt.Runs;

/// <summary>How many of some images a run has seen, of which no figure may be taken for one of new images.</summary>
/// <param name="Training">Images that it learned from.</param>
/// <param name="Validation">Images that chose its epoch.</param>
/// <param name="New">All others.</param>
internal sealed record SeenCounts(int Training, int Validation, int New)
{
    /// <summary>Counts images.</summary>
    /// <param name="seen">What each run has seen; an image counts as training if one of them learned from it.</param>
    /// <param name="images">The images.</param>
    public static SeenCounts Count(IReadOnlyList<SeenImages> seen, IReadOnlyList<LabelledImage> images)
    {
        string?[] parts = [.. images.AsParallel().AsOrdered().Select(i => PartOf(seen, i))];
        int training = parts.Count(p => p == Split.Names[0]);
        int validation = parts.Count(p => p == Split.Names[1]);
        return new SeenCounts(training, validation, images.Count - training - validation);
    }

    /// <summary><c>train</c>, <c>val</c>, or null: no run has seen the image.</summary>
    public static string? PartOf(IReadOnlyList<SeenImages> seen, LabelledImage image) =>
        seen.Select(s => s.PartOf(image)).OfType<string>().Order(StringComparer.Ordinal).FirstOrDefault(); // train before val

    /// <summary>What to say beside a figure; empty: all images are new.</summary>
    public string Warning() => Training + Validation == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
        $"; seen: training {Training:N0}, validation {Validation:N0}, new {New:N0}: these are not figures for new images");

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new() { ["training"] = Training, ["validation"] = Validation, ["new"] = New };
}
