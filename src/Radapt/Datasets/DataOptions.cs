using Radapt.Datasets.Splits;

namespace Radapt.Datasets;

/// <summary>
/// Where labelled images come from. The properties are those of the recipe's data section, with the same meaning and spelling.
/// </summary>
public sealed record DataOptions
{
    /// <summary>
    /// <c>FILE.csv</c> with a label table, a folder that holds <c>labels.csv</c>, or a data set as published: <c>nih:DIR</c>,
    /// <c>chexpert:DIR</c>,
    /// <c>rsna:DIR</c>, <c>covid:DIR</c>; null when split lists are given.
    /// </summary>
    public string? Data { get; init; }

    /// <summary>
    /// Training images: a split list (<c>name 0 1 0 …</c> a line, <c>.gz</c> accepted) or a label table (<c>.csv</c>, <c>.tsv</c>).
    /// </summary>
    public string? Train { get; init; }

    /// <summary>Validation images, as <see cref="Train"/>.</summary>
    public string? Val { get; init; }

    /// <summary>Test images, as <see cref="Train"/>; null: no test.</summary>
    public string? Test { get; init; }

    /// <summary>The folder image names are relative to; null: the folder of the table or list, or <c>images</c> in it.</summary>
    public string? ImageRoot { get; init; }

    /// <summary>
    /// Findings to use, in order; empty: every 0/1 column, or the standard ones of a published data set. With class numbers or split lists:
    /// what to call them.
    /// </summary>
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>The sheet of a workbook; null: the first.</summary>
    public string? Sheet { get; init; }

    /// <summary>
    /// The table's column that names images: files, or what their headers have; null: the one that matches the most files.
    /// </summary>
    public string? ImageColumn { get; init; }

    /// <summary>
    /// How rows are matched to files: <c>path</c>, <c>stem</c>, <c>sop-uid</c> or <c>accession</c>; null: what matches the most.
    /// </summary>
    public string? Match { get; init; }

    /// <summary>
    /// Views of a label table's images that are used: <c>frontal</c>, <c>all</c>, or some of PA, AP, LL, RL, LAT, OTHER; empty: frontal.
    /// </summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>A row that is matched to several images of an examination labels all of them.</summary>
    public bool StudyLabels { get; init; }

    /// <summary>Percent of the images for train, val and test where the table has no column <c>split</c>; empty: 70, 10, 20.</summary>
    public IReadOnlyList<int> SplitShares { get; init; } = [];

    /// <summary>Folds of a cross-validation; 0: none.</summary>
    public int Folds { get; init; }

    /// <summary>The fold whose images are tested, from 1.</summary>
    public int Fold { get; init; }

    /// <summary>The table's column of class numbers, instead of 0/1 columns.</summary>
    public string? ClassColumn { get; init; }

    /// <summary>Split lists carry one class number a line instead of 0/1 columns.</summary>
    public bool ClassLabels { get; init; }

    /// <summary>
    /// Class numbers to keep; rows of other classes are dropped. Empty: all. Two make one finding (the second), more make one each.
    /// </summary>
    public IReadOnlyList<int> KeepClasses { get; init; } = [];

    /// <summary>
    /// Which splits of a published data set: <c>paper</c>, <c>official</c>, <c>drawn</c>, or a folder of lists; null: the first that there
    /// is.
    /// </summary>
    public string? SplitName { get; init; }

    /// <summary>Seed of the splits that are drawn because a data set publishes none; null: 0.</summary>
    public long? SplitSeed { get; init; }

    /// <summary>
    /// CheXpert: what becomes of uncertain labels: <c>ignore</c>, <c>zeros</c>, <c>ones</c> or <c>paper</c>, and <c>FINDING=policy</c> for
    /// single ones; empty: <c>paper</c>.
    /// </summary>
    public IReadOnlyList<string> Uncertainty { get; init; } = [];

    /// <summary>How much of the training labels to use.</summary>
    public LabelFraction LabelFraction { get; init; } = LabelFraction.All;

    /// <summary>Accept images or patients that stand in two splits.</summary>
    public bool AllowOverlap { get; init; }

    /// <summary>Accept findings with fewer than ten positives or negatives in training.</summary>
    public bool AllowRareFindings { get; init; }

    /// <summary>Accept more than 5 % of rows without an image.</summary>
    public bool AllowMissingImages { get; init; }

    /// <summary>Messages show the names of image files also where the data knows patients.</summary>
    public bool PlainNames { get; init; }

    /// <summary>Told how many files' headers were read, of how many; calls come from several threads. Null: nobody asks.</summary>
    internal IProgress<(int Read, int Files)>? Headers { get; init; }

    /// <summary>Seed of the label fraction's draw.</summary>
    public long Seed { get; init; }
}
