using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Datasets.Splits;
using Radapt.Datasets.Tables;
using Radapt.Options;

namespace Radapt.Datasets;

/// <summary>The data section of a recipe: where labelled images come from, and where they are kept.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// <c>FILE.csv</c> with a label table, a folder that holds <c>labels.csv</c>, or a data set as published: <c>nih:DIR</c>,
    /// <c>chexpert:DIR</c>, <c>rsna:DIR</c>, <c>covid:DIR</c>; null when split lists are given.
    /// </summary>
    [Option("data", "Label table (.csv, .tsv or .xlsx), folder with a label table, or nih:DIR, chexpert:DIR, rsna:DIR, covid:DIR.",
        ValueName = "DIR|FILE", IsPath = true, MayChangeOnResume = true, Excludes = ["train", "val", "test"])]
    public string? Data { get; init; }

    /// <summary>
    /// Training images: a split list (<c>name 0 1 0 …</c> a line, <c>.gz</c> accepted) or a label table (<c>.csv</c>, <c>.tsv</c>).
    /// </summary>
    [Option("train", "Split list of the training images (one line per image: name 0 1 0 ...).",
        ValueName = "LIST", IsPath = true, MayChangeOnResume = true, Excludes = ["data"])]
    public string? Train { get; init; }

    /// <summary>Validation images, as <see cref="Train"/>.</summary>
    [Option("val", "Split list of the validation images.",
        ValueName = "LIST", IsPath = true, MayChangeOnResume = true, Excludes = ["data"])]
    public string? Val { get; init; }

    /// <summary>Test images, as <see cref="Train"/>; null: no test.</summary>
    [Option("test", "Split list of the test images. Training does not need one.",
        ValueName = "LIST", IsPath = true, MayChangeOnResume = true, Excludes = ["data"])]
    public string? Test { get; init; }

    /// <summary>The folder image names are relative to; null: the folder of the table or list, or <c>images</c> in it.</summary>
    [Option("image-root", "Folder to which image names are relative.",
        ValueName = "DIR", IsPath = true, MayChangeOnResume = true, Default = "the label table's folder")]
    public string? ImageRoot { get; init; }

    /// <summary>The sheet of a workbook; null: the first that holds findings.</summary>
    [Option("sheet", "Sheet of an Excel workbook (.xlsx).", Default = "the first sheet that has findings")]
    public string? Sheet { get; init; }

    /// <summary>
    /// The table's column that names images: files, or what their headers have; null: the one that matches the most files.
    /// </summary>
    [Option("image-column", "Column that identifies the images: by file, or by an identifier in their DICOM headers.",
        Default = "image, or the column that matches the most files", ChosenFrom = ["data", "sheet", "image-root", "match"])]
    public string? ImageColumn { get; init; }

    /// <summary>How rows are matched to files; null: what matches the most.</summary>
    [Option("match", "How rows of a label table are matched to files.",
        Default = "the one that matches the most rows", ChosenFrom = ["data", "sheet", "image-root", "image-column"])]
    public MatchKind? Match { get; init; }

    /// <summary>The table's column of patients; null: one that is named so.</summary>
    [Option("patient-column", "Column that identifies the patient.", Default = "a column named patient, Patienten-Nr., MRN or similar")]
    public string? PatientColumn { get; init; }

    /// <summary>The table's column of the days of examinations, for <c>patient-date</c>; null: one that is named so.</summary>
    [Option("date-column", "Column with the date of the examination, for --match patient-date.",
        Default = "a column named date, Untersuchungsdatum or similar")]
    public string? DateColumn { get; init; }

    /// <summary>
    /// Whose images they are where table and headers contradict each other; null: a contradiction is refused.
    /// </summary>
    [Option("patients", "Which of the two to use when the table and the DICOM headers disagree about the patient.",
        Default = "neither; a disagreement is an error")]
    public PatientSource? Patients { get; init; }

    /// <summary>
    /// Views of a label table's images that are used: <c>frontal</c>, <c>all</c>, or some of PA, AP, LL, RL, LAT, OTHER; empty: frontal.
    /// </summary>
    [Option("views", "Views to use; images with an unknown view are always kept. LL, RL and LAT mean lateral.",
        ChoicesFrom = nameof(ViewNames), Default = "frontal", ChosenFrom = ["data"])]
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>A row that is matched to several images of an examination labels all of them.</summary>
    [Option("study-labels", "Let a row that matches several images of an examination label all of them.")]
    public bool StudyLabels { get; init; }

    /// <summary>
    /// Findings to use, in order; empty: every 0/1 column, or the standard ones of a published data set. With class numbers or split lists:
    /// what to call them.
    /// </summary>
    [Option("findings", "Findings to use, in this order.",
        Default = "every column of the table that contains findings, or the paper's of a published data set",
        ChosenFrom = ["data", "train", "class-column", "class-labels", "keep-classes"])]
    public IReadOnlyList<string> Findings { get; init; } = [];

    /// <summary>
    /// What cells of findings mean: <c>ja=1</c>, <c>nein=0</c>, <c>fraglich=</c> (unknown), before what is known of words.
    /// </summary>
    [Option("values", "Meaning of cells in finding columns: CELL=1, CELL=0 or CELL= (unknown), such as ja=1,nein=0,fraglich=.",
        ValueName = "CELL=LABEL,…", Check = nameof(UnmetByValue),
        Default = "words for yes, no and unknown in European languages; an empty cell is unknown",
        Reason = "words for yes, no and unknown are read as such")]
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The table's column that lists findings in words, instead of 0/1 columns.</summary>
    [Option("text-findings", "Column that lists findings in words (Pneumonia; Effusion), instead of 0/1 columns.",
        Excludes = ["class-column", "class-labels"])]
    public string? TextFindings { get; init; }

    /// <summary>Column with class numbers, instead of 0/1 columns.</summary>
    [Option("class-column", "Column with class numbers, instead of 0/1 columns.",
        Excludes = ["class-labels", "text-findings"])]
    public string? ClassColumn { get; init; }

    /// <summary>Split lists have one class number per line instead of 0/1 columns.</summary>
    [Option("class-labels", "Split lists have one class number per line instead of 0/1 columns.",
        Excludes = ["class-column", "text-findings"])]
    public bool ClassLabels { get; init; }

    /// <summary>
    /// Class numbers to keep; rows of other classes are dropped. Empty: all. Two make one finding (the second), more make one each.
    /// </summary>
    [Option("keep-classes", "Class numbers to keep; rows of other classes are dropped.", Min = 0, Default = "all", Reason = "all")]
    public IReadOnlyList<int> KeepClasses { get; init; } = [];

    /// <summary>
    /// Which splits of a published data set: <c>paper</c>, <c>official</c>, <c>drawn</c>, or a folder of lists; null: the first that there
    /// is.
    /// </summary>
    [Option("split-name", "Which splits of a published data set to use: paper, official or drawn, or a folder of lists (covid:DIR).",
        Default = "paper, if its lists are in the folder", ChosenFrom = ["data"])]
    public string? SplitName { get; init; }

    /// <summary>Seed of the splits that are drawn because a data set publishes none; null: 0.</summary>
    [Option("split-seed", "Seed for drawing splits when the data has none. --seed does not affect the splits.",
        Default = "0", ChosenFrom = ["data", "sheet", "split-name"])]
    public long? SplitSeed { get; init; }

    /// <summary>Percent of the images for train, val and test where the table has no column <c>split</c>; empty: 70, 10, 20.</summary>
    [Option("split-shares", "Percentages for train, val and test when the label table has no column 'split'.",
        Min = 0, MayRepeat = true, Default = "70,10,20", ChosenFrom = ["data", "sheet"])]
    public IReadOnlyList<int> SplitShares { get; init; } = [];

    /// <summary>
    /// CheXpert: what becomes of uncertain labels: <c>ignore</c>, <c>zeros</c>, <c>ones</c> or <c>paper</c>, and <c>FINDING=policy</c> for
    /// single ones; empty: <c>paper</c>.
    /// </summary>
    [Option("uncertainty",
        "How to read uncertain labels of chexpert:DIR: ignore (uncertain and blank labels are masked), zeros or ones "
            + "(blank means absent), paper, or FINDING=policy for single findings.",
        ValueName = "POLICY,POLICY", Check = nameof(UnmetByUncertainty), Default = "paper",
        Reason = "no data set with uncertain labels", ChosenFrom = ["data"])]
    public IReadOnlyList<string> Uncertainty { get; init; } = [];

    /// <summary>Folds of a cross-validation; null: none.</summary>
    [Option("folds",
        "Cross-validation for small data sets: K folds by patient, and one run per fold. Every image is scored by the "
            + "run that has not seen its patient.", Min = 2, Max = 100, IsForTraining = true)]
    public int? Folds { get; init; }

    /// <summary>The fold whose images are tested, from 1; null: all, one after the other.</summary>
    [Option("fold", "Train and test only this fold, counted from 1.", Min = 1, Max = 100, IsForTraining = true,
        Default = "all, one after the other")]
    public int? Fold { get; init; }

    /// <summary>How much of the training labels to use.</summary>
    [Option("label-fraction",
        "How many of the training labels to use: a percentage (1%), a number of images (200), or a number of positives "
            + "and negatives per finding (20-per-finding).", ValueName = "FRACTION", IsForTraining = true, Reason = "all labels")]
    public LabelFraction LabelFraction { get; init; } = LabelFraction.All;

    /// <summary>Accept images or patients that appear in two splits.</summary>
    [Option("allow-overlap", "Accept images or patients that appear in two splits.")]
    public bool AllowOverlap { get; init; }

    /// <summary>Accept findings with fewer than ten positives or negatives in training.</summary>
    [Option("allow-rare-findings", "Accept findings with fewer than ten positives or negatives in training.", IsForTraining = true)]
    public bool AllowRareFindings { get; init; }

    /// <summary>Accept more than 5 % of rows without an image.</summary>
    [Option("allow-missing-images", "Accept more than 5 % of rows without an image.")]
    public bool AllowMissingImages { get; init; }

    /// <summary>Decode every image before training.</summary>
    [Option("check-pixels", "Decode every image before training, to find damaged and blank images first.",
        True = "on", False = "off", CanBeAuto = true, IsForTraining = true,
        Default = "auto: on, unless it takes more than a quarter of an hour without a cache",
        ChosenFrom = ["data", "train", "val", "test", "image-root", "cache"])]
    public bool CheckPixels { get; init; } = true;

    /// <summary>Share of the images that may be left out because they cannot be read; at least one image, unless it is 0.</summary>
    [Option("skip-unreadable",
        "Largest share of images that may be skipped because they cannot be read. One image may always be skipped, except with 0%.",
        ValueName = "SHARE", IsForTraining = true, Reason = "Radapt's choice: more than a few damaged files are a bad export")]
    public Share SkipUnreadable { get; init; } = new(UnreadableLimit.DefaultShare);

    /// <summary>File of the key that hides image names in the run folder; null: <c>.radapt-key</c> beside the data.</summary>
    [Option("key", "File with the key that hides image names in the run folder.",
        ValueName = "FILE", IsPath = true, MayChangeOnResume = true, IsForTraining = true,
        Default = ".radapt-key next to the data, if patients are known or images are DICOM")]
    public string? Key { get; init; }

    /// <summary>Messages and the run folder show the names of image files also where the data knows patients.</summary>
    [Option("plain-names",
        "Show image names in messages and in the run folder, even if patients are known or images are DICOM.")]
    public bool PlainNames { get; init; }

    /// <summary>
    /// Folder of decoded images that runs share; null: none. It changes the time, never a pixel, unless <see cref="CacheSize"/> is given.
    /// </summary>
    [Option("cache", "Folder for decoded images, shared by runs. Saves decoding time and does not change any pixel.",
        ValueName = "DIR", IsPath = true, MayChangeOnResume = true, IsForTraining = true)]
    public string? Cache { get; init; }

    /// <summary>
    /// Shorter side of the cached training images, pixels: random crops then see coarser pixels. 0: full size, the exact pixels.
    /// </summary>
    [Option("cache-size",
        "Shorter side of cached training images in pixels. Saves space, but makes random crops coarser; 0: full size.",
        Min = 0, IsForTraining = true, Reason = "full size: the exact pixels")]
    public int CacheSize { get; init; }

    /// <summary>Told how many files' headers were read, of how many; calls come from several threads. Null: nobody asks.</summary>
    internal IProgress<(int Read, int Files)>? Headers { get; init; }

    /// <summary>Column of the table whose values <see cref="LabelledImage.Group"/> receives; null: none.</summary>
    internal string? GroupColumn { get; init; }

    /// <summary>Whether there must be validation images. Methods that choose nothing by them can do without.</summary>
    internal bool NeedsValidation { get; init; } = true;

    /// <summary>Seed of the label fraction's draw and of folds: the recipe's.</summary>
    public long Seed { get; init; }

    internal static IReadOnlyList<string> ViewNames => ViewFilter.Names;

    internal static string? UnmetByValue(string value) => GivenValues.IsValue(value) ? null : GivenValues.Expected;

    internal static string? UnmetByUncertainty(string value) => UncertaintyPolicies.IsValue(value) ? null : UncertaintyPolicies.Expected;
}
