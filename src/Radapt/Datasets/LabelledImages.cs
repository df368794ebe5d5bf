namespace Radapt.Datasets;

/// <summary>Images that are labelled for the same findings, in the order of the table.</summary>
/// <param name="Findings">Names of the findings; labels are in this order.</param>
/// <param name="Items">The images.</param>
public sealed record LabelledImages(IReadOnlyList<string> Findings, IReadOnlyList<LabelledImage> Items)
{
    /// <summary>All labels, (N, F) row-major.</summary>
    internal sbyte[] FlatLabels() => [.. Items.SelectMany(i => i.Labels)];

    /// <summary>How often each finding is present, absent and unknown, in the order of <see cref="Findings"/>.</summary>
    public IReadOnlyList<LabelCounts> CountLabels()
    {
        var counts = new LabelCounts[Findings.Count];
        for (int f = 0; f < counts.Length; f++)
        {
            int positives = 0;
            int negatives = 0;
            foreach (LabelledImage item in Items)
            {
                positives += item.Labels[f] == 1 ? 1 : 0;
                negatives += item.Labels[f] == 0 ? 1 : 0;
            }

            counts[f] = new LabelCounts(positives, negatives, Items.Count - positives - negatives);
        }

        return counts;
    }
}
