namespace Radapt.Datasets;

/// <summary>One image and what is known about it.</summary>
/// <param name="Name">The name as the table or list writes it.</param>
/// <param name="Path">Absolute path of the image file.</param>
/// <param name="Patient">Whose image it is; null where the table does not say.</param>
/// <param name="Labels">One label per finding: 1 present, 0 absent, -1 unknown (masked out of loss and metrics).</param>
public sealed record LabelledImage(string Name, string Path, string? Patient, IReadOnlyList<sbyte> Labels)
{
    /// <summary>The examination the image belongs to, unique within its data set; null where unknown.</summary>
    public string? Study { get; init; }

    /// <summary>Its line in the table or list, from 1; 0: unknown.</summary>
    public int Line { get; init; }

    /// <summary>View position as the source writes it, such as <c>PA</c> or <c>Lateral</c>; null where unknown.</summary>
    public string? View { get; init; }

    /// <summary>What messages call the image: its name, or the row of the table where the data knows patients, after whom files are often named.</summary>
    public string Shown { get => field ?? Name; init; }

    /// <summary>An error in reading the image, with its path or, where names are hidden, with <see cref="Shown"/>.</summary>
    internal RadaptException Reported(RadaptException error) => Shown == Name ? error : error.At(Shown);
}

/// <summary>Images that are labelled for the same findings, in the order of the table.</summary>
/// <param name="Findings">Names of the findings; labels stand in this order.</param>
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

/// <summary>How often a finding is present, absent and unknown.</summary>
public readonly record struct LabelCounts(int Positives, int Negatives, int Unknown)
{
    /// <summary>Both classes occur, so that an AUROC is defined.</summary>
    public bool HasBothClasses => Positives > 0 && Negatives > 0;
}

/// <summary>The data of a run.</summary>
/// <param name="Train">What is learned from, after the label fraction.</param>
/// <param name="Val">What the best epoch is chosen by.</param>
/// <param name="Test">What the final figures come from; null: no test.</param>
/// <param name="Notes">Lines to print: what was chosen or left out on the user's behalf.</param>
public sealed record DataSplits(LabelledImages Train, LabelledImages Val, LabelledImages? Test, IReadOnlyList<string> Notes)
{
    /// <summary>Values of the recipe that were chosen from what the data is.</summary>
    internal IReadOnlyList<DataChoice> Choices { get; init; } = [];

    /// <summary>How the rows of a label table met their files; null where there is nothing to tell.</summary>
    internal MatchReport? Matching { get; init; }

    /// <summary>The split that was drawn, before any label fraction: images and the part of each; empty: the data has a split.</summary>
    internal IReadOnlyList<(LabelledImage Image, string Part)> Drawn { get; init; } = [];

    /// <summary>The table names patients, or images are DICOM; see <see cref="PatientPrivacy"/>.</summary>
    internal bool KnowsPatients { get; init; }

    /// <summary>Rows of the table that lost their images, since those are no radiographs or cannot be read.</summary>
    public int RefusedRows => Matching?.Refused.Count ?? 0;
}
