using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Writes <c>run.json</c>: versions, machine, seed, data fingerprint, best epoch, figures.</summary>
internal sealed class RunReport(FineTuning fineTuning, RunFolder folder, string fingerprint, string baseHash, RunCache? cache, PixelCheck? pixels)
{
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    public void Write(string status, TrainerState? state, RunSummary? summary)
    {
        Recipe recipe = fineTuning.Recipe;
        var run = new JsonObject
        {
            ["status"] = status,
            ["versions"] = new JsonObject
            {
                ["radapt"] = Version(typeof(RunReport)),
                ["torchsharp"] = Version(typeof(TorchSharp.torch)),
                ["dotnet"] = RuntimeInformation.FrameworkDescription,
            },
            ["machine"] = new JsonObject
            {
                ["system"] = RuntimeInformation.OSDescription,
                ["processor"] = Machine.Current.Processor,
                ["physical_cores"] = Machine.Current.PhysicalCores,
                ["logical_cores"] = Machine.Current.LogicalCores,
            },
            ["compute"] = new JsonObject
            {
                ["precision"] = recipe.Precision,
                ["device"] = recipe.Device,
                ["threads"] = recipe.Threads,
                ["loader_threads"] = recipe.LoaderThreads,
            },
            ["path"] = JsonSerializer.SerializeToNode(fineTuning.ExecutionPath, RunFolder.Json),
            ["seed"] = recipe.Seed,
            ["data"] = new JsonObject
            {
                ["fingerprint"] = fingerprint,
                ["all_images"] = RunData.ImagesFingerprint(fineTuning.Data),
                ["train"] = fineTuning.Data.Train.Items.Count,
                ["val"] = fineTuning.Data.Val.Items.Count,
                ["test"] = fineTuning.Data.Test?.Items.Count ?? 0,
                ["choosing"] = Choosing(),
                ["pixels"] = pixels?.Json?.DeepClone(),
                ["matching"] = Matching(fineTuning.Data.Matching),
                ["split"] = fineTuning.Data.Drawn.Count == 0 ? null : new JsonObject
                {
                    ["file"] = DrawnSplitTable.FileName,
                    ["seed"] = recipe.SplitSeed,
                    ["fingerprint"] = RunData.SplitFingerprint(fineTuning.Data),
                },
                ["cache"] = cache?.ToJson(),
            },
            ["weights"] = new JsonObject { ["description"] = fineTuning.WeightsDescription, ["sha256"] = baseHash },
            ["trainable"] = new JsonObject
            {
                ["parameters"] = fineTuning.Trainable.Trainable,
                ["total"] = fineTuning.Trainable.Total,
                ["percent"] = fineTuning.Trainable.Percent,
            },
            ["session_started"] = _started.ToString("O"),
        };
        if (state is not null && summary is not null)
        {
            EpochResult[] epochs = [.. state.History];
            run["best_epoch"] = state.BestEpoch;
            run["epochs"] = state.Epoch;
            run["stopped_early"] = state.Stopped;
            run["train"] = new JsonObject
            {
                ["images_per_second"] = epochs.Average(e => e.ImagesPerSecond),
                ["seconds"] = epochs.Sum(e => e.Seconds),
                ["seconds_per_epoch"] = epochs.Average(e => e.Seconds),
                ["peak_memory_mib"] = Machine.PeakMemoryMib,
            };
            run["val"] = MetricsJson.Of(summary.Val, summary.ValStudies);
            if (summary.Test is not null)
            {
                run["test"] = MetricsJson.Of(summary.Test, summary.TestStudies);
            }

            run["files"] = RunFiles.Hashes(folder);
        }

        folder.WriteRun(run);
    }

    // The validation images that choose the epoch.
    private JsonObject Choosing() => new()
    {
        ["images"] = fineTuning.ChoosingImages.Items.Count,
        ["every"] = fineTuning.Recipe.ValidateEvery,
        ["fingerprint"] = RunData.Fingerprint([fineTuning.ChoosingImages]),
    };

    // Counts alone: lines and names of files stay where the data is.
    private static JsonObject? Matching(MatchReport? report) => report is null ? null : new JsonObject
    {
        ["rows"] = report.Rows,
        ["matched"] = report.Matched,
        ["rows_without_file"] = report.WithoutFile.Count,
        ["files"] = report.Files,
        ["files_without_row"] = report.FilesWithoutRow,
        ["ambiguous_rows"] = report.Ambiguous.Count,
        ["refused_rows"] = report.Refused.Count,
        ["refused_files"] = new JsonObject(report.RefusedFiles.GroupBy(f => f.Reason.Split(':')[0]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => KeyValuePair.Create<string, JsonNode?>(g.Key, g.Count()))),
        ["other_view_rows"] = report.OtherViews,
        ["unknown_view_images"] = report.UnknownViews,
    };

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "?";
}
