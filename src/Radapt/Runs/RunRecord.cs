using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Radapt.Runs;

/// <summary>
/// The content of <c>run.json</c>: how a run was made and what came out. A run that goes on, or was interrupted, has no figures yet. The
/// record of a cross-validation has <see cref="Folds"/>, and in <see cref="Test"/> the figures of all images.
/// </summary>
public sealed record RunRecord
{
    /// <summary>
    /// The schema that this version writes. A larger number means members that it does not know; they are kept or ignored.
    /// </summary>
    public const int CurrentSchema = 1;

    /// <summary>Number of the schema; null: written before there were numbers, which is read like 1.</summary>
    public int? Schema { get; init; }

    /// <summary>How far the run is.</summary>
    public RunStatus Status { get; init; }

    /// <summary>Versions of the software.</summary>
    public RunVersions? Versions { get; init; }

    /// <summary>The machine.</summary>
    public RunMachine? Machine { get; init; }

    /// <summary>Precision, device and threads.</summary>
    public RunCompute? Compute { get; init; }

    /// <summary>Which kernels ran, and why.</summary>
    public ExecutionPath? Path { get; init; }

    /// <summary>Seed of everything random.</summary>
    public long? Seed { get; init; }

    /// <summary>The images.</summary>
    public RunDataRecord? Data { get; init; }

    /// <summary>The base weights.</summary>
    public RunWeights? Weights { get; init; }

    /// <summary>How much is trained.</summary>
    public RunTrainable? Trainable { get; init; }

    /// <summary>When the session began that wrote this, in UTC.</summary>
    public DateTimeOffset? SessionStarted { get; init; }

    /// <summary>Epoch whose tensors were kept, from 1.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Epochs trained.</summary>
    public int? Epochs { get; init; }

    /// <summary>Early stopping ended the training.</summary>
    public bool? StoppedEarly { get; init; }

    /// <summary>Speed and memory of training.</summary>
    public RunTraining? Train { get; init; }

    /// <summary>The folds of a cross-validation.</summary>
    public RunFolds? Folds { get; init; }

    /// <summary>What ridge regression on frozen features reaches; null: it was not measured.</summary>
    public RunBaseline? Baseline { get; init; }

    /// <summary>What was chosen where the head was fitted to fixed features; null for other runs.</summary>
    public RunProbe? Probe { get; init; }

    /// <summary>Figures of the best epoch on the validation images; null: there are none.</summary>
    public RunFigures? Val { get; init; }

    /// <summary>Figures of the best epoch on the test images.</summary>
    public RunFigures? Test { get; init; }

    /// <summary>What pre-training ended with; null for other runs.</summary>
    public RunPretraining? Pretraining { get; init; }

    /// <summary>SHA-256 of the files of a complete run, by name.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>Checksum of all other members; null in older files.</summary>
    public string? Checksum { get; init; }

    /// <summary>Members that this version does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Whether images of the data were left out: files that are not radiographs or cannot be read.</summary>
    [JsonIgnore]
    public bool LeftImagesOut => Data?.Matching?.RefusedRows > 0 || Data?.Pixels?.Unreadable > 0;

    /// <summary>The record as JSON, as in the file.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RunFolder.Json)!.AsObject();

    /// <summary>Reads the record of a run.</summary>
    /// <param name="folder">The run folder.</param>
    /// <returns>Null where the folder has none.</returns>
    /// <exception cref="RadaptException">It is damaged or cannot be read.</exception>
    public static RunRecord? Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return RunRecordFile.Read(new RunFolder(folder).RunFile);
    }

    /// <summary>Whether the run in this folder went to its end, so that nothing is left to resume.</summary>
    /// <exception cref="RadaptException"><c>run.json</c> is damaged or cannot be read, though the run ended.</exception>
    public static bool IsComplete(string folder) => ReadUnlessRewritten(folder)?.Status == RunStatus.Complete;

    /// <summary>A line for people where a run folder's adapter is that of a run that has not come to its end; else null.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file.</param>
    public static string? UnfinishedNote(string runOrAdapter)
    {
        ArgumentNullException.ThrowIfNull(runOrAdapter);
        bool isFile = File.Exists(runOrAdapter);
        var run = new RunFolder(isFile ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(runOrAdapter))! : runOrAdapter);
        return run.IsUnfinished && File.Exists(run.RecipeFile) && !IsComplete(run.Path)
            ? $"{runOrAdapter}: this run is not finished; its adapter is that of the best epoch so far. --resume continues the run."
            : null;
    }

    /// <summary>The record; null also where it is damaged and the run is unfinished, since what it said is then written again.</summary>
    /// <exception cref="RadaptException">It is damaged or cannot be read, though the run ended.</exception>
    internal static RunRecord? ReadUnlessRewritten(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (RadaptException) when (new RunFolder(folder).IsUnfinished)
        {
            return null;
        }
    }
}
