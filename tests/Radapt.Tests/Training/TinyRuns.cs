using System.Globalization;
using System.Text.Json;
using Radapt.Datasets.Phantoms;
using Radapt.Recipes;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>Fine-tuning runs of a fraction of a second on a few phantoms: 24 training, 8 validation and 8 test images of 24 px.</summary>
public sealed class TinyRuns : IDisposable
{
    public const int TrainingImages = 24;

    private static readonly Dictionary<string, string> s_options = new()
    {
        ["from-scratch"] = "true",
        ["backbone"] = "vit_tiny_patch16_224",
        ["image-size"] = "16",
        ["patch-size"] = "4",
        ["depth"] = "2",
        ["width"] = "16",
        ["heads"] = "2",
        ["allow-rare-findings"] = "true",
        ["batch-size"] = "4",
        ["epochs"] = "3",
        ["threads"] = "1",
        ["loader-threads"] = "1",
        ["seed"] = "7",
        ["select"] = "best", // auto would average, since there are 8 validation images
        ["products"] = "linear",
        ["precision"] = "float32", // auto times this machine, and may choose differently the next moment
    };

    private readonly TemporaryFolder _folder = new();
    private int _runs;

    public TinyRuns()
    {
        PhantomSet.Write(_folder["data"], new PhantomOptions
        {
            Count = 40,
            Size = 24,
            Seed = 3,
            Difficulty = PhantomDifficulty.Easy,
            Findings = [PhantomFinding.Effusion, PhantomFinding.Cardiomegaly],
        });
    }

    /// <summary>The phantoms' folder.</summary>
    public string Data => _folder["data"];

    /// <summary>A path that does not exist yet.</summary>
    public string NewFolder() => _folder[$"run{Interlocked.Increment(ref _runs).ToString(CultureInfo.InvariantCulture)}"];

    /// <summary>A prepared run; the options, <c>name value</c>, override those of every tiny run.</summary>
    public FineTuning Prepare(params string[] options) => FineTuning.Prepare([Layer(options)]);

    /// <summary>The recipe of a tiny run; the options, <c>name value</c>, override those of every tiny run.</summary>
    public RecipeLayer Layer(params string[] options)
    {
        var all = new Dictionary<string, string>(s_options) { ["data"] = Data };
        foreach (string option in options)
        {
            string[] parts = option.Split(' ', 2);
            all[parts[0]] = parts[1];
        }

        return RecipeLayer.FromCommandLine(all);
    }

    /// <summary>Prepares and runs in a new folder.</summary>
    public RunSummary Run(params string[] options)
    {
        using FineTuning run = Prepare(options);
        return run.Run(NewFolder());
    }

    /// <summary>Prepares, then runs in a folder until it is done or the given update has been made; null in the latter case.</summary>
    public RunSummary? RunUntil(long update, string folder, bool resume, params string[] options)
    {
        using var stop = new CancellationTokenSource();
        using FineTuning run = Prepare(options);
        run.OnUpdate = done =>
        {
            if (done == update)
            {
                stop.Cancel();
            }
        };
        try
        {
            return run.Run(folder, resume, cancellation: stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Everything a run leaves that must not depend on when or how fast it ran.</summary>
    public static string Results(RunSummary summary)
    {
        var history = summary.History.Select(e => e with { ImagesPerSecond = 0, Seconds = 0 });
        return JsonSerializer.Serialize(new
        {
            summary.BestEpoch,
            summary.Epochs,
            summary.StoppedEarly,
            summary.Val,
            summary.Test,
            history,
            adapter = File.ReadAllBytes(Path.Combine(summary.Folder, "adapter.safetensors")),
            predictions = File.ReadAllText(Path.Combine(summary.Folder, "predictions.csv")),
        });
    }

    public void Dispose() => _folder.Dispose();
}
