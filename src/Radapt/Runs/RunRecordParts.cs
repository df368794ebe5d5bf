using System.Text.Json.Serialization;

namespace Radapt.Runs;

/// <summary>Versions of the software that made a run.</summary>
/// <param name="Radapt">Radapt.</param>
/// <param name="Torchsharp">TorchSharp.</param>
/// <param name="Dotnet">The runtime, such as <c>.NET 10.0.1</c>.</param>
public sealed record RunVersions(string? Radapt, string? Torchsharp, string? Dotnet);

/// <summary>The machine that made a run.</summary>
/// <param name="System">Operating system.</param>
/// <param name="Processor">Processor.</param>
/// <param name="PhysicalCores">Its cores.</param>
/// <param name="LogicalCores">Its hardware threads.</param>
public sealed record RunMachine(string? System, string? Processor, int? PhysicalCores, int? LogicalCores);

/// <summary>How a run was computed.</summary>
/// <param name="Precision"><c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Threads">Threads of the tensor kernels, of each process.</param>
/// <param name="LoaderThreads">Threads that decode images.</param>
public sealed record RunCompute(string? Precision, string? Device, int? Threads, int? LoaderThreads)
{
    /// <summary>Processes that trained together in the last session; null: one.</summary>
    public int? Ranks { get; init; }
}

/// <summary>The base weights of a run.</summary>
/// <param name="Description">What they were recognised as.</param>
/// <param name="Sha256">Hash of their tensors; <c>scratch:SEED</c> for random ones.</param>
public sealed record RunWeights(string? Description, string? Sha256);

/// <summary>How much of a model was trained.</summary>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="Total">Parameters of model, head and adapters.</param>
/// <param name="Percent">Their share, percent.</param>
public sealed record RunTrainable(long? Parameters, long? Total, double? Percent);

/// <summary>Speed and memory of training.</summary>
/// <param name="ImagesPerSecond">Mean over the epochs.</param>
/// <param name="Seconds">Of all epochs together, validation left out.</param>
/// <param name="SecondsPerEpoch">Mean over the epochs.</param>
/// <param name="PeakMemoryMib">Peak memory of the process, MiB.</param>
public sealed record RunTraining(double? ImagesPerSecond, double? Seconds, double? SecondsPerEpoch, double? PeakMemoryMib);

/// <summary>The images of a run; those of a cross-validation have <see cref="Images"/> and <see cref="Fingerprints"/> only.</summary>
public sealed record RunDataRecord
{
    /// <summary>Images that all folds tested.</summary>
    public int? Images { get; init; }

    /// <summary>Fingerprint of all splits.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Fingerprint of every fold's data.</summary>
    public IReadOnlyList<string?>? Fingerprints { get; init; }

    /// <summary>Fingerprint of all images, whatever their split.</summary>
    public string? AllImages { get; init; }

    /// <summary>Training images.</summary>
    public int? Train { get; init; }

    /// <summary>Validation images.</summary>
    public int? Val { get; init; }

    /// <summary>Test images.</summary>
    public int? Test { get; init; }

    /// <summary>
    /// Patients and labels of the parts, by their names (<c>train</c>, <c>val</c>, <c>test</c>); of a cross-validation, of <c>all</c>
    /// images. Null: an earlier version wrote the record.
    /// </summary>
    public IReadOnlyDictionary<string, RunPart>? Parts { get; init; }

    /// <summary>The validation images that chose the epoch.</summary>
    public RunChoosing? Choosing { get; init; }

    /// <summary>What a look at all pixels found; null: nobody looked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RunPixels? Pixels { get; init; }

    /// <summary>How rows of the table found their files; null: rows name files.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RunMatching? Matching { get; init; }

    /// <summary>The split that Radapt drew; null: the data has its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RunSplit? Split { get; init; }

    /// <summary>Decoded images on disk; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public RunCacheRecord? Cache { get; init; }
}

/// <summary>The validation images that chose the epoch.</summary>
/// <param name="Images">Their number.</param>
/// <param name="Every">Epochs from one validation to the next.</param>
/// <param name="Fingerprint">Their fingerprint.</param>
public sealed record RunChoosing(int? Images, int? Every, string? Fingerprint);

/// <summary>What a look at all pixels found.</summary>
public sealed record RunPixels
{
    /// <summary>Images that were decoded or refused.</summary>
    public int? Checked { get; init; }

    /// <summary>Images that cannot be read.</summary>
    public int? Unreadable { get; init; }

    /// <summary>Images that show hardly anything.</summary>
    public int? Blank { get; init; }

    /// <summary>Images whose gray values are mostly at an end of their range.</summary>
    public int? Saturated { get; init; }

    /// <summary>All suspicious images: blank, saturated, inverted, elongated, or not a frontal chest by their headers.</summary>
    public int? Suspicious { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double? Seconds { get; init; }
}

/// <summary>How rows of a table found their files. Counts only: names stay where the data is.</summary>
public sealed record RunMatching
{
    /// <summary>Rows.</summary>
    public int? Rows { get; init; }

    /// <summary>Rows with a file.</summary>
    public int? Matched { get; init; }

    /// <summary>Rows without a file.</summary>
    public int? RowsWithoutFile { get; init; }

    /// <summary>Files; null: they were not listed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? Files { get; init; }

    /// <summary>Files that no row names.</summary>
    public int? FilesWithoutRow { get; init; }

    /// <summary>Rows that more than one file fits.</summary>
    public int? AmbiguousRows { get; init; }

    /// <summary>Rows whose file is not a radiograph or cannot be read.</summary>
    public int? RefusedRows { get; init; }

    /// <summary>Such files by reason.</summary>
    public IReadOnlyDictionary<string, int>? RefusedFiles { get; init; }

    /// <summary>Rows of views that were not asked for.</summary>
    public int? OtherViewRows { get; init; }

    /// <summary>Images whose view is not known.</summary>
    public int? UnknownViewImages { get; init; }
}

/// <summary>A split that Radapt drew.</summary>
/// <param name="File">Its table in the run folder.</param>
/// <param name="Seed">Seed of the draw.</param>
/// <param name="Fingerprint">Fingerprint of images and parts.</param>
public sealed record RunSplit(string? File, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Seed, string? Fingerprint);

/// <summary>Decoded images on disk.</summary>
public sealed record RunCacheRecord
{
    /// <summary>Their folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Stored length of the shorter side, pixels; in the file <c>full</c> for 0, full size.</summary>
    [JsonConverter(typeof(CacheSideConverter))]
    public int? ShorterSide { get; init; }

    /// <summary>Training saw the pixels that it would have seen without a cache.</summary>
    public bool? SamePixels { get; init; }

    /// <summary>What went wrong, if anything.</summary>
    public string? Problem { get; init; }
}

/// <summary>The folds of a cross-validation.</summary>
public sealed record RunFolds
{
    /// <summary>Their number.</summary>
    public required int Count { get; init; }

    /// <summary>The best epoch of every fold.</summary>
    public IReadOnlyList<int?>? BestEpochs { get; init; }

    /// <summary>AUROC over the folds, by finding, and of the <c>mean</c> over findings.</summary>
    public IReadOnlyDictionary<string, RunFoldFigure>? Auroc { get; init; }
}

/// <summary>A figure over folds.</summary>
/// <param name="Mean">Mean over the folds where it is defined.</param>
/// <param name="Sd">Standard deviation over those folds, with n - 1; null for fewer than two.</param>
/// <param name="Values">Of every fold; null: undefined there.</param>
public sealed record RunFoldFigure(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Mean,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Sd,
    IReadOnlyList<double?> Values);

/// <summary>The images of a pre-training, and what it ended with.</summary>
public sealed record RunPretraining
{
    /// <summary>What was learned: <c>mae</c>.</summary>
    public string? Task { get; init; }

    /// <summary>Images learned from.</summary>
    public int? Images { get; init; }

    /// <summary>Images whose loss was measured.</summary>
    public int? HeldOut { get; init; }

    /// <summary>Files left out, by reason.</summary>
    public IReadOnlyDictionary<string, int>? LeftOut { get; init; }

    /// <summary>Fingerprint of all images.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Mean training loss of the last epoch.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Figures of the last measurement, by name.</summary>
    public IReadOnlyDictionary<string, double>? Figures { get; init; }
}
