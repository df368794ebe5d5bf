using System.Text.Json.Serialization;
using Radapt.Datasets;

namespace Radapt.Runs;

/// <summary>A part of a run's images, in numbers.</summary>
/// <param name="Images">Images.</param>
/// <param name="Patients">Patients; null: unknown.</param>
/// <param name="Positives">Images labelled 1, by finding.</param>
/// <param name="Negatives">Images labelled 0, by finding.</param>
public sealed record RunPart(
    int Images, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Patients,
    IReadOnlyDictionary<string, int> Positives, IReadOnlyDictionary<string, int> Negatives)
{
    /// <summary>Counts images. Patients are unknown where an image's is.</summary>
    public static RunPart Count(LabelledImages images)
    {
        ArgumentNullException.ThrowIfNull(images);
        IReadOnlyList<LabelCounts> counts = images.CountLabels();
        return new RunPart(
            images.Items.Count,
            images.Items.Any(i => i.Patient is null) ? null : images.Items.Select(i => i.Patient).Distinct(StringComparer.Ordinal).Count(),
            ByFinding(c => c.Positives), ByFinding(c => c.Negatives));

        OrderedDictionary<string, int> ByFinding(Func<LabelCounts, int> count) =>
            new(images.Findings.Select((finding, f) => KeyValuePair.Create(finding, count(counts[f]))));
    }

    /// <summary>The parts of a run's data, by name.</summary>
    internal static IReadOnlyDictionary<string, RunPart> CountAll(DataSplits data) => new OrderedDictionary<string, RunPart>(
        Split.Names.Zip([data.Train, data.Val, data.Test]).Where(p => p.Second is not null)
            .Select(p => KeyValuePair.Create(p.First, Count(p.Second!))));
}
