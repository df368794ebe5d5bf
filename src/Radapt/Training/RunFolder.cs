using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Compute;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// The files of one run. Each is written to a temporary name, flushed and renamed, so at any moment the folder holds a whole state.
/// </summary>
internal sealed class RunFolder(string path)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static readonly JsonSerializerOptions s_indented = new(Json) { WriteIndented = true };

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Recipe => System.IO.Path.Combine(Path, "recipe.yaml");

    public string Run => System.IO.Path.Combine(Path, "run.json");

    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    public string Adapter => System.IO.Path.Combine(Path, "adapter.safetensors");

    public string Predictions => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>Which image went to which part, where Radapt drew the split.</summary>
    public string Split => System.IO.Path.Combine(Path, DrawnSplitTable.FileName);

    public string State => System.IO.Path.Combine(Path, "state", "state.safetensors");

    /// <summary>Makes a folder for a fresh run.</summary>
    /// <exception cref="RadaptException">It holds something already.</exception>
    public void Create()
    {
        RemoveUnfinishedFiles();
        if (Directory.Exists(Path) && Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Any())
        {
            string advice = File.Exists(Recipe) ? "go on with it by --resume, or choose another --out" : "choose another --out";
            throw new RadaptException($"{Path}: the run folder is not empty: {advice}.");
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "state"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{Path}: the run folder cannot be made ({e.Message}). Choose another --out.", e);
        }
    }

    /// <summary>Whether an earlier session got far enough to leave a state; if not, its run begins anew.</summary>
    public bool HasState => File.Exists(State);

    /// <summary>Removes what a session that was killed in the middle of a file left behind; nobody else's files, whatever folder was named.</summary>
    public void RemoveUnfinishedFiles()
    {
        if (!Directory.Exists(Path))
        {
            return;
        }

        string state = System.IO.Path.GetDirectoryName(State)!;
        IEnumerable<string> files = new[] { Recipe, Run, Metrics, Adapter, Predictions, Split }
            .SelectMany(f => Directory.EnumerateFiles(Path, System.IO.Path.GetFileName(f) + ".*.tmp"))
            .Concat(File.Exists(Recipe) && Directory.Exists(state) ? Directory.EnumerateFiles(state, "*.tmp") : []);
        foreach (string file in files.ToList())
        {
            File.Delete(file);
        }
    }

    /// <summary>Makes sure that an earlier session began here and is not complete.</summary>
    /// <exception cref="RadaptException">Nothing to resume.</exception>
    public void RequireUnfinished()
    {
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(State)))
        {
            throw new RadaptException($"{Path}: nothing to resume (no unfinished run). Leave --resume out to start one.");
        }
    }

    /// <summary>Takes a run back that failed before it had any result: the folder goes, unless others put something into it.</summary>
    public void Discard()
    {
        foreach (string file in Directory.EnumerateFiles(Path, "events.*").Append(Recipe).Append(Run).Append(Split).ToList())
        {
            File.Delete(file);
        }

        if (!Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Any())
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    public void WriteMetrics(IEnumerable<EpochResult> history) =>
        AtomicFile.WriteText(Metrics, string.Concat(history.Select(e => JsonSerializer.Serialize(e, Json) + "\n")));

    public void WriteRun(JsonNode run) => AtomicFile.WriteText(Run, run.ToJsonString(s_indented) + "\n");

    /// <summary>Saves trained tensors, optimizer state and position, all in one file, so that they can never disagree.</summary>
    public void SaveState(TrainerState state, IEnumerable<(string Name, Tensor Tensor)> trained, Optimizer optimizer, ITrainingSchedule? schedule) =>
        SafetensorsWriter.Write(
            State,
            Named(trained, optimizer, schedule).ToDictionary(t => t.Name, t => t.Tensor),
            new Dictionary<string, string> { ["trainer"] = state.ToJson() });

    /// <summary>Restores what <see cref="SaveState"/> saved into existing tensors.</summary>
    /// <exception cref="RadaptException">There is nothing to resume, or it does not fit this run.</exception>
    public TrainerState LoadState(IEnumerable<(string Name, Tensor Tensor)> trained, Optimizer optimizer, ITrainingSchedule? schedule)
    {
        if (!File.Exists(State))
        {
            throw new RadaptException($"{Path}: nothing to resume (no state/state.safetensors). Leave --resume out to start the run.");
        }

        using CheckpointFile file = CheckpointFile.Open(State);
        if (!file.Metadata.TryGetValue("trainer", out string? json))
        {
            throw new RadaptException($"{State}: not the state of a run. Leave --resume out and choose another --out to start afresh.");
        }

        TrainerState state = TrainerState.FromJson(json);
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in Named(trained, optimizer, schedule))
        {
            using var scope = NewDisposeScope();
            tensor.CopyInPlace(file.ReadTensor(name));
        }

        optimizer.Updates = state.Updates;
        return state;
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Named(IEnumerable<(string Name, Tensor Tensor)> trained, Optimizer optimizer, ITrainingSchedule? schedule) =>
    [
        .. trained.Select(t => ("model." + t.Name, t.Tensor)),
        .. optimizer.State().Select(t => ("optimizer." + t.Name, t.Tensor)),
        .. schedule?.State().Select(t => ("method." + t.Name, t.Tensor)) ?? [],
    ];
}
