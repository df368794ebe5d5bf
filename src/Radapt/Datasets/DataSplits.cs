using Radapt.Datasets.Matching;

namespace Radapt.Datasets;

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

    /// <summary>Images that are left out because they cannot be read; <see cref="Drawn"/> still has them.</summary>
    internal IReadOnlyList<LabelledImage> LeftOut { get; init; } = [];

    /// <summary>The table names patients, or images are DICOM; see <see cref="PatientPrivacy"/>.</summary>
    internal bool KnowsPatients { get; init; }
}
