using Radapt.Datasets.Splits;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>
/// The split lists that the paper publishes for NIH, CheXpert and RSNA: <c>train_1</c>, <c>train_10</c>, <c>train_list</c>,
/// <c>val_list</c>,
/// <c>test_list</c>, each <c>.txt</c> or <c>.txt.gz</c>. They are in the data set's folder or in <c>splits</c> in it.
/// </summary>
internal sealed class PaperLists
{
    private static readonly string[] s_endings = [".txt", ".txt.gz"];

    private readonly string _folder;
    private readonly int _labels;

    private PaperLists(string folder, int labels) => (_folder, _labels) = (folder, labels);

    /// <summary>The lists of a folder; null where it has none. NIH's own <c>test_list.txt</c> has no labels and is none of them.</summary>
    /// <param name="folder">The data set's folder.</param>
    /// <param name="labels">Labels a line.</param>
    public static PaperLists? Find(string folder, int labels) => new[] { folder, Path.Combine(folder, "splits") }
        .Select(f => new PaperLists(f, labels))
        .FirstOrDefault(l => l.FileOf("val_list") is { } val && SplitList.LabelsPerLine(val) == labels
            && (l.FileOf("train_list") ?? l.FileOf("train_1") ?? l.FileOf("train_10")) is not null);

    /// <summary>The validation images.</summary>
    public PublishedPart Val() => Read(FileOf("val_list")!);

    /// <summary>The test images; none where the list is not there.</summary>
    public PublishedPart Test(PublishedRequest request)
    {
        if (FileOf("test_list") is not { } file)
        {
            request.Notes.Add($"{request.Source.Text}: there is no test_list.txt beside val_list.txt, so nothing is tested.");
            return PublishedPart.None;
        }

        return SplitList.LabelsPerLine(file) > 0 ? Read(file)
            : throw new RadaptException(
                $"{file} has names without labels, so it is not the paper's list, although val_list.txt is: put the paper's lists into "
                    + $"{Path.Combine(request.Folder, "splits")}, or pass --split-name official.");
    }

    /// <summary>
    /// The training images, and whether they are the paper's list of the label fraction; null where only other fractions have a list.
    /// </summary>
    public (PublishedPart Part, bool IsFraction)? Train(PublishedRequest request)
    {
        LabelFraction asked = request.Options.LabelFraction;
        string? named = asked.Share switch { 0.01 => "train_1", 0.1 => "train_10", _ => null };
        if (named is not null && FileOf(named) is { } own)
        {
            PublishedPart part = Read(own);
            request.Notes.Add($"Label fraction {asked}: the paper's list {Path.GetFileName(own)}, {part.Rows.Count} training images.");
            return (part, true);
        }

        if (FileOf("train_list") is not { } all)
        {
            return null;
        }

        if (named is not null)
        {
            request.Notes.Add(
                $"{request.Source.Text}: the paper's {named}.txt is not there, so {asked} is drawn from {Path.GetFileName(all)}.");
        }

        return (Read(all), false);
    }

    /// <summary>The error where <see cref="Train"/> has nothing.</summary>
    public RadaptException NoTrain(LabelFraction asked) => new(
        $"{_folder} has no train_list.txt to take {(asked == LabelFraction.All ? "the training images" : $"--label-fraction {asked}")} "
            + "from; "
        + $"give --label-fraction {(FileOf("train_1") is not null ? "1%" : "10%")}, or put the paper's train_list.txt there.");

    private PublishedPart Read(string file)
    {
        LabelRows rows = SplitList.Read(file, new DataOptions(), []);
        return rows.Findings.Count == _labels ? new PublishedPart(file, rows.Rows)
            : throw new RadaptException(
                $"{file} has {rows.Findings.Count} labels per line, but the paper's list of this data set has {_labels}.");
    }

    private string? FileOf(string name) => s_endings.Select(e => Path.Combine(_folder, name + e)).FirstOrDefault(File.Exists);
}
