using System.Text.Json.Nodes;
using Radapt.Runs;
using Radapt.Tests.Training;
using Radapt.Training;

namespace Radapt.Tests.Runs;

/// <summary><c>run.json</c> as a type.</summary>
public sealed class RunRecordTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void Read_FinishedRun_HasItsFigures()
    {
        RunSummary summary = runs.Run("epochs 2");
        RunRecord run = RunRecord.Read(summary.Folder)!;
        Assert.Equal((RunStatus.Complete, 2, summary.BestEpoch, 7L), (run.Status, run.Epochs, run.BestEpoch, run.Seed));
        Assert.Equal(summary.Test!.MeanAuroc, run.Test!.Auroc[RunFigures.Mean]);
        Assert.Equal(summary.Val.Findings.Select(f => f.Auroc), summary.Val.Findings.Select(f => run.Val!.Auroc[f.Finding]));
        Assert.Equal(summary.Val.Findings.Select(f => f.Positives), summary.Val.Findings.Select(f => run.Val!.Positives[f.Finding]));
        Assert.Equal((TinyRuns.TrainingImages, 8, 8), (run.Data!.Train, run.Data.Val, run.Data.Test));
        Assert.Contains("predictions.csv", run.Files!.Keys);
        Assert.Null(run.Others);
        JsonNode file = JsonNode.Parse(File.ReadAllText(Path.Combine(summary.Folder, "run.json")))!;
        Assert.Equal(RunRecord.CurrentSchema, (int)file["schema"]!);
        Assert.True(JsonNode.DeepEquals(file, run.ToJson()));
    }

    [Fact]
    public void Read_FileOfAVersionWithoutNumberOrChecksum_IsRead()
    {
        using TemporaryFolder folder = WithRun("""
            {
              "status": "complete",
              "versions": {"radapt": "0.1.0", "torchsharp": "0.107.0", "dotnet": ".NET 10.0.1"},
              "seed": 3,
              "data": {"fingerprint": "f", "train": 5, "matching": null, "cache": {"folder": "/c", "shorter_side": "full", "same_pixels": true}},
              "weights": {"description": "random", "sha256": "scratch:3"},
              "best_epoch": 4,
              "test": {"auroc": {"mean": 0.5, "Mass": null}, "positives": {"Mass": 2}, "undefined": ["Mass"]}
            }
            """);
        RunRecord run = RunRecord.Read(folder.Path)!;
        Assert.True(RunRecord.IsComplete(folder.Path));
        Assert.Equal((null, 4, 3L, "scratch:3"), (run.Schema, run.BestEpoch, run.Seed, run.Weights!.Sha256));
        Assert.Equal((0, true, 5), (run.Data!.Cache!.ShorterSide, run.Data.Cache.SamePixels, run.Data.Train));
        Assert.Equal((0.5, (double?)null), (run.Test!.Auroc["mean"], run.Test.Auroc["Mass"]));
        Assert.Equal("full", (string)run.ToJson()["data"]!["cache"]!["shorter_side"]!);
    }

    [Fact]
    public void Read_FileOfALaterVersion_KeepsMembersThatAreNotKnown()
    {
        using TemporaryFolder folder = WithRun("""
            {"schema": 99, "status": "running", "calibration": {"method": "platt"}, "data": {"train": 5, "sites": ["a"]}}
            """);
        RunRecord run = RunRecord.Read(folder.Path)!;
        Assert.Equal((99, RunStatus.Running, 5), (run.Schema, run.Status, run.Data!.Train));
        Assert.Equal("platt", (string)run.ToJson()["calibration"]!["method"]!);
    }

    [Fact]
    public void Read_MemberOfAnotherKind_NamesTheFile()
    {
        using TemporaryFolder folder = WithRun("""{"status": "complete", "best_epoch": "four"}""");
        RadaptException error = Assert.Throws<RadaptException>(() => RunRecord.Read(folder.Path));
        Assert.StartsWith(folder["run.json"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderWithoutARun_IsNull()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(RunRecord.Read(folder.Path));
        Assert.False(RunRecord.IsComplete(folder.Path));
    }

    private static TemporaryFolder WithRun(string json)
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.json"], json);
        return folder;
    }
}
