using System.Text.Json;
using System.Text.Json.Serialization;
using Radapt.Adaptation;

namespace Radapt.Runs;

/// <summary>
/// The files of one run. Each is written to a temporary name, flushed and renamed, so at any moment the folder holds a whole state. One
/// session at a time works in it (<see cref="RunLock"/>).
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

    /// <summary>The names of TensorBoard event files.</summary>
    public const string EventFiles = "events.out.tfevents.*";

    /// <summary>The names of the files in <see cref="StateFolder"/> that hold features of training and validation images.</summary>
    public static IReadOnlyList<string> FeatureFiles { get; } = ["features-train.bin", "features-val.bin"];

    private static readonly string[] s_stateFiles = ["state.safetensors", .. FeatureFiles];

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string RecipeFile => System.IO.Path.Combine(Path, Recipes.RecipeFile.Name);

    public string RunFile => System.IO.Path.Combine(Path, "run.json");

    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    public string AdapterFile => System.IO.Path.Combine(Path, "adapter.safetensors");

    /// <summary>The weights that pre-training ends with.</summary>
    public string WeightsFile => System.IO.Path.Combine(Path, BackboneWeights.PretrainedName);

    /// <summary>The word pieces that reports are cut into, where pre-training reads reports.</summary>
    public string VocabularyFile => System.IO.Path.Combine(Path, "tokenizer.json");

    /// <summary>Where pre-training keeps the weights of some epochs.</summary>
    public string CheckpointFolder => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>Where pre-training keeps pictures of what it predicts.</summary>
    public string ReconstructionFolder => System.IO.Path.Combine(Path, "reconstructions");

    public string PredictionsFile => System.IO.Path.Combine(Path, "predictions.csv");

    /// <summary>Calibration and thresholds; only where there are enough images to fit them.</summary>
    public string DecisionsFile => System.IO.Path.Combine(Path, DecisionRules.FileName);

    /// <summary>Which image went to which part, where Radapt drew the split.</summary>
    public string SplitFile => System.IO.Path.Combine(Path, DrawnSplitTable.FileName);

    /// <summary>The page that shows the run to people.</summary>
    public string ReportFile => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Which images the run learned from and chose its epoch by.</summary>
    public string SeenFile => System.IO.Path.Combine(Path, SeenImages.FileName);

    /// <summary>Which images were left out because they cannot be read; only where there are some.</summary>
    public string UnreadableFile => System.IO.Path.Combine(Path, UnreadableTable.FileName);

    /// <summary>Which images are suspicious; only where there are some.</summary>
    public string SuspiciousFile => System.IO.Path.Combine(Path, SuspiciousTable.FileName);

    /// <summary>Where everything is that resume needs, while the run lasts.</summary>
    public string StateFolder => System.IO.Path.Combine(Path, "state");

    public string StateFile => System.IO.Path.Combine(StateFolder, "state.safetensors");

    /// <summary>Whether an earlier session got far enough to leave a state; if not, its run begins again.</summary>
    public bool HasState => File.Exists(StateFile);

    /// <summary>Whether the run has not come to its end.</summary>
    public bool IsUnfinished => Directory.Exists(StateFolder);

    /// <summary>Makes a folder for a fresh run and keeps it for this session.</summary>
    /// <exception cref="RadaptException">It holds something already, which is left as it is, or cannot be made.</exception>
    public RunLock Create()
    {
        RequireNothingThere();
        try
        {
            Directory.CreateDirectory(StateFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{Path}: the run folder cannot be created ({e.Message}). Choose another --out.", e);
        }

        return Lock(RequireNothingThere); // once more, since others may have begun meanwhile
    }

    /// <summary>Keeps the folder of an unfinished run for this session, to go on with it.</summary>
    /// <exception cref="RadaptException">There is nothing to resume, or another session works in the folder.</exception>
    public RunLock Reopen()
    {
        RequireUnfinished();
        return Lock(RequireUnfinished);
    }

    /// <summary>Makes sure that a run may begin or go on here, as far as can be told without keeping the folder.</summary>
    /// <param name="resume">It is to go on.</param>
    /// <exception cref="RadaptException">As for <see cref="Create"/> and <see cref="Reopen"/>.</exception>
    public void RequireUsable(bool resume)
    {
        if (resume)
        {
            RequireUnfinished();
            RunLock.RequireFree(Path, StateFolder);
        }
        else
        {
            RequireNothingThere();
        }
    }

    /// <summary>Removes the lock and what resume needs of a run that is complete. What cannot be removed stays, and does no harm.</summary>
    public void Complete(RunLock held)
    {
        foreach (string file in s_stateFiles)
        {
            DeleteIfPossible(System.IO.Path.Combine(StateFolder, file));
        }

        held.Dispose();
        RemoveIfEmpty(StateFolder);
    }

    /// <summary>
    /// Takes a run back that failed before it had any state: its files go, and the folder unless others put something into it.
    /// </summary>
    public void Discard(RunLock held)
    {
        // The recipe last: while it is there, the run can be resumed, from its beginning.
        IEnumerable<string> files =
        [
            .. Directory.EnumerateFiles(Path, EventFiles), .. s_stateFiles.Select(f => System.IO.Path.Combine(StateFolder, f)),
            SplitFile, SeenFile, UnreadableFile, SuspiciousFile, MetricsFile, AdapterFile, WeightsFile, VocabularyFile, PredictionsFile,
            DecisionsFile, RunFile, RecipeFile,
        ];
        foreach (string file in files.ToList())
        {
            DeleteIfPossible(file); // why the run failed is what the user must read
        }

        held.Dispose();
        RemoveIfEmpty(StateFolder);
        RemoveIfEmpty(Path);
    }

    public void WriteMetrics(IEnumerable<EpochResult> history) => AtomicFile.Write(MetricsFile, file =>
    {
        foreach (EpochResult epoch in history)
        {
            JsonSerializer.Serialize(file, epoch, Json);
            file.WriteByte((byte)'\n');
        }
    });

    /// <summary>The epochs of the run, in their order; none where it has not written any.</summary>
    /// <exception cref="RadaptException">The file is damaged or cannot be read.</exception>
    public IReadOnlyList<EpochResult> ReadMetrics()
    {
        try
        {
            return !File.Exists(MetricsFile) ? []
                : [.. File.ReadLines(MetricsFile).Select(line => JsonSerializer.Deserialize<EpochResult>(line, Json)!)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new RadaptException($"{MetricsFile}: cannot be read ({e.Message}). Take the run folder from its backup.", e);
        }
    }

    public void WriteRun(RunRecord run) => RunRecordFile.Write(RunFile, run);

    private RunLock Lock(Action require)
    {
        RunLock held = RunLock.Take(Path, StateFolder);
        try
        {
            require();
            RemoveLeftovers();
            return held;
        }
        catch
        {
            held.Dispose();
            RemoveIfEmpty(StateFolder);
            throw;
        }
    }

    private void RequireUnfinished()
    {
        if (!IsUnfinished || RunRecord.IsComplete(Path))
        {
            throw new RadaptException($"{Path}: there is nothing to resume (no unfinished run). Leave --resume out to start one.");
        }
    }

    // What a session that was killed before it wrote a recipe left is nothing.
    private void RequireNothingThere()
    {
        if (!Directory.Exists(Path))
        {
            return;
        }

        HashSet<string> ours = [.. Leftovers(), .. RunLock.Files.Select(f => System.IO.Path.Combine(StateFolder, f))];
        if (Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Any(f => !ours.Contains(f)))
        {
            RunLock.RequireFree(Path, StateFolder);
            string advice = File.Exists(RecipeFile) && IsUnfinished ? "resume its run with --resume, or choose another --out"
                : "choose another --out";
            throw new RadaptException($"{Path}: the run folder is not empty: {advice}.");
        }
    }

    // Whoever wrote them is gone: this session holds the lock.
    private void RemoveLeftovers()
    {
        foreach (string file in Leftovers())
        {
            File.Delete(file);
        }
    }

    // What sessions that were killed in the middle of a file left; nobody else's files, whatever folder was named.
    private List<string> Leftovers()
    {
        string[] files =
        [
            RecipeFile, RunFile, MetricsFile, AdapterFile, WeightsFile, VocabularyFile, PredictionsFile, SplitFile, SeenFile,
                UnreadableFile, SuspiciousFile, DecisionsFile, ReportFile,
        ];
        return
        [
            .. In(Path, files.Select(f => System.IO.Path.GetFileName(f))),
            .. In(StateFolder, s_stateFiles.Concat(RunLock.Files)),
        ];

        static IEnumerable<string> In(string folder, IEnumerable<string> names) => !Directory.Exists(folder) ? []
            : Directory.EnumerateFiles(folder, "*.tmp")
            .Where(f => names.Any(n => AtomicFile.IsTemporaryNameOf(System.IO.Path.GetFileName(f), n)));
    }

    private static void DeleteIfPossible(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
