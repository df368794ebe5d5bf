using System.Text.Json.Nodes;
using Radapt.Bench;
using Radapt.Datasets.Phantoms;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Metrics;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class AdapterCommandTests(TinyRun tiny)
{
    [Theory]
    [InlineData("native")]
    [InlineData("timm")]
    public async Task Merge_ThenEvaluate_GivesTheRunsFigures(string dialect)
    {
        string merged = Path.Combine(tiny.Folder, $"merged-{dialect}.safetensors");
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "adapter", "merge", tiny.Run, "-o", merged, "--dialect", dialect, "--json")).Expect(0);
        Assert.Contains("generated images", result.Error, StringComparison.Ordinal);
        Assert.InRange((double)result.Json["difference"]!["probability"]!, 0, 1e-6);
        await ExpectTheRunsFigures(merged);
        RadaptResult inspected = (await RadaptProcess.Run(tiny.Folder, "inspect", merged)).Expect(0);
        Assert.Contains("Effusion", inspected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportToPeft_ThenImport_GivesTheRunsFigures()
    {
        string peft = Path.Combine(tiny.Folder, "peft");
        string back = Path.Combine(tiny.Folder, "back");
        (await RadaptProcess.Run(tiny.Folder, "adapter", "export", tiny.Run, "--format", "peft", "-o", peft)).Expect(0);
        Assert.Equal("LORA", (string)JsonNode.Parse(File.ReadAllText(Path.Combine(peft, "adapter_config.json")))!["peft_type"]!);
        Assert.Equal(["Effusion", "Cardiomegaly"],
            JsonNode.Parse(File.ReadAllText(Path.Combine(peft, "radapt.json")))!["findings"]!.AsArray().Select(f => (string)f!));
        RadaptResult imported = (await RadaptProcess.Run(tiny.Folder, "adapter", "import", peft, "-o", back, "--json")).Expect(0);
        Assert.Equal("lora", (string)imported.Json["method"]!);
        await ExpectTheRunsFigures(back);
        RadaptResult refused =
            (await RadaptProcess.Run(tiny.Folder, "evaluate", Path.Combine(peft, "adapter_model.safetensors"), "--data",
                tiny.Data)).Expect(2);
        Assert.Contains("radapt adapter import", refused.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportEightBit_OfPhantoms_HasNearlyTheSameAurocInOnnxRuntime()
    {
        string phantoms = Path.Combine(tiny.Folder, "eight-bit");
        PhantomSet.Write(phantoms, new PhantomOptions
        {
            Count = 600,
            Size = 20,
            Seed = 2,
            Difficulty = PhantomDifficulty.Easy,
            Findings = [PhantomFinding.Effusion, PhantomFinding.Cardiomegaly],
        }, cancellation: TestContext.Current.CancellationToken);
        using var codecs = new CodecProcess();
        var accuracy = new OnnxAccuracy(tiny.Run, phantoms, codecs);
        (string Name, double[] Auroc)[] all =
        [
            .. accuracy.Score().Select(s => (s.Name, MultiLabelMetrics
                .Compute(accuracy.Images.Findings, accuracy.Images.FlatLabels(), s.Logits).Findings.Select(f => f.Auroc!.Value).ToArray())),
        ];
        Assert.InRange(all[0].Auroc.Min(), 0.6, 1); // the model tells the images apart, so there is something to lose
        Assert.All(all[1].Auroc.Zip(all[0].Auroc), a => Assert.Equal(a.Second, a.First, 1e-4));
        Assert.All(all[2].Auroc.Zip(all[0].Auroc), a => Assert.Equal(a.Second, a.First, 0.01));

        string model = Path.Combine(tiny.Folder, "eight-bit.onnx");
        RadaptResult result = (await RadaptProcess.Run(
            tiny.Folder, "adapter", "export", tiny.Run, "--format", "onnx", "--int8", "-o", model, "--json")).Expect(0);
        Assert.Contains(result.Json["notes"]!.AsArray(), n => ((string)n!).Contains("8-bit", StringComparison.Ordinal));
        RadaptResult refused = (await RadaptProcess.Run(
            tiny.Folder, "adapter", "export", tiny.Run, "--format", "peft", "--int8", "-o", "x")).Expect(2);
        Assert.Contains("--format onnx", refused.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Soup_RunsOfOneStart_IsAnAdapterWhoseFiguresAreThoseThatChoseIt()
    {
        string other = Path.Combine(tiny.Folder, "soup-other");
        string worse = Path.Combine(tiny.Folder, "soup-worse");
        string soup = Path.Combine(tiny.Folder, "soup");
        (await RadaptProcess.Run(tiny.Folder, tiny.FineTune(other, "--lr", "5e-4"))).Expect(0);
        (await RadaptProcess.Run(tiny.Folder, tiny.FineTune(worse, "--lr", "1e-6"))).Expect(0);
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "adapter", "soup", worse, tiny.Run, other, "-o", soup, "--json")).Expect(0);
        JsonNode[] runs = [.. result.Json["runs"]!.AsArray().OfType<JsonNode>()];
        double[] alone = [.. runs.Select(r => (double)r["auroc"]!)];
        Assert.Equal(alone.OrderDescending(), alone);
        foreach (JsonNode run in runs)
        {
            var record = JsonNode.Parse(File.ReadAllText(Path.Combine((string)run["run"]!, "run.json")))!;
            Assert.Equal((double)record["val"]!["auroc"]!["mean"]!, (double)run["auroc"]!, 1e-9);
        }

        double best = alone[0];
        foreach (JsonNode run in runs.Skip(1))
        {
            Assert.Equal((double)run["auroc_with"]! >= best, (bool)run["taken"]!);
            best = (bool)run["taken"]! ? (double)run["auroc_with"]! : best;
        }

        Assert.Equal(best, (double)result.Json["auroc"]!);
        RadaptResult evaluated = (await RadaptProcess.Run(tiny.Folder, "evaluate", soup, "--data", tiny.Data, "--split", "val", "--json"))
            .Expect(0);
        Assert.Equal(best, (double)evaluated.Json["auroc"]!["mean"]!, 1e-9);
        Assert.Contains("soup", (await RadaptProcess.Run(tiny.Folder, "inspect", soup)).Expect(0).Output, StringComparison.Ordinal);
        (await RadaptProcess.Run(tiny.Folder, "adapter", "merge", soup, "-o", Path.Combine(soup, "merged.safetensors"))).Expect(0);
        RadaptResult again = (await RadaptProcess.Run(tiny.Folder, "adapter", "soup", tiny.Run, other, "-o", soup)).Expect(2);
        Assert.Contains("already exists", again.ErrorLine, StringComparison.Ordinal);
        RadaptResult adapter = (await RadaptProcess.Run(tiny.Folder, "adapter", "soup", tiny.Run, soup, "-o", "x")).Expect(2);
        Assert.Contains("not the folder of a complete run", adapter.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Average_Runs_CountByTrainingImagesUnlessWeightsAreGiven()
    {
        string other = Path.Combine(tiny.Folder, "average-other");
        string average = Path.Combine(tiny.Folder, "average");
        (await RadaptProcess.Run(tiny.Folder, tiny.FineTune(other, "--lr", "5e-4"))).Expect(0);
        RadaptResult result =
            (await RadaptProcess.Run(tiny.Folder, "adapter", "average", tiny.Run, other, "-o", average, "--json")).Expect(0);
        JsonNode[] parts = [.. result.Json["adapters"]!.AsArray().OfType<JsonNode>()];
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(other, "run.json")))!;
        Assert.All(parts, p => Assert.Equal((double)record["data"]!["train"]!, (double)p["weight"]!));
        Assert.InRange((double)result.Json["error"]!, 0, 1e-6);
        Assert.True((double)result.Json["error_of_factors_apart"]! > 1e-4);
        int rank = (int)result.Json["rank"]!;
        (await RadaptProcess.Run(tiny.Folder, "evaluate", average, "--data", tiny.Data)).Expect(0);
        RadaptResult cut = (await RadaptProcess.Run(tiny.Folder, "adapter", "average", tiny.Run, Path.Combine(other, "adapter.safetensors"),
            "-o", average, "--rank", "1", "--weights", "3,1", "--overwrite")).Expect(0);
        Assert.Contains($"rank 1 of {rank}", cut.Output, StringComparison.Ordinal);

        (string[] Arguments, string Message)[] refused =
        [
            (["--weights", "3,1,2", "-o", "x"], "3 weights for 2 adapters"),
            (["--weights", "3,-1", "-o", "x"], "above 0"),
            (["--weights", "3,nan", "-o", "x"], "above 0"),
            (["--rank", "0", "-o", "x"], "at least 1"),
            (["-o", average], "already exists"),
            (["-o", Path.Combine(other, "adapter.safetensors"), "--overwrite"], "-o"),
        ];
        foreach ((string[] arguments, string message) in refused)
        {
            RadaptResult found = (await RadaptProcess.Run(tiny.Folder, ["adapter", "average", tiny.Run, other, .. arguments])).Expect(2);
            Assert.Contains(message, found.ErrorLine, StringComparison.Ordinal);
        }

        Assert.Contains("named twice", (await RadaptProcess.Run(tiny.Folder, "adapter", "average", tiny.Run, tiny.Run, "-o", "x")).Expect(2)
            .ErrorLine, StringComparison.Ordinal);
    }

    private async Task ExpectTheRunsFigures(string adapter)
    {
        RadaptResult result = (await RadaptProcess.Run(tiny.Folder, "evaluate", adapter, "--data", tiny.Data, "--json")).Expect(0);
        Assert.Equal((double)tiny.Result.Json["test"]!["auroc"]!["mean"]!, (double)result.Json["auroc"]!["mean"]!, 1e-9);
    }
}
