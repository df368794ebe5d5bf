using Radapt.Checkpoints;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class ShippedWeightsTests(TinyRun tiny)
{
    private const string Name = ShippedWeights.PhantomTiny;

    [Fact]
    public async Task Inspect_PhantomTiny_ShowsItsShapeAndWhatItLearnedFrom()
    {
        RadaptResult inspected = (await RadaptProcess.Run(tiny.Folder, "inspect", Name, "--json")).Expect(0);
        Assert.True((bool)inspected.Json["loadable"]!);
        Assert.InRange((long)inspected.Json["file_bytes"]!, 1, 3_000_000);
        Assert.Equal(4, (int)inspected.Json["backbone"]!["heads"]!);
        Assert.Equal("MIT", (string)inspected.Json["metadata"]!["license"]!);
        Assert.Contains("synthetic", (string)inspected.Json["metadata"]!["trained_on"]!, StringComparison.Ordinal);
        Assert.All(inspected.Json["tensors"]!.AsArray(), t => Assert.Equal("BFloat16", (string)t!["type"]!));
    }

    [Fact]
    public async Task Finetune_PhantomTiny_KeepsTheWordAndPredictsFromAnyFolder()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        RadaptResult tuned = (await RadaptProcess.Run(tiny.Folder, FineTune(run))).Expect(0);
        Assert.Contains("learned from synthetic images only", tuned.Output, StringComparison.Ordinal);
        Assert.Contains($"weights: {{value: {Name}, ", File.ReadAllText(Path.Combine(run, "recipe.yaml")), StringComparison.Ordinal);
        string hash = RunRecord.Read(run)!.Weights!.Sha256!;
        Assert.Equal(64, hash.Length);

        RadaptResult evaluated = (await RadaptProcess.Run(folder.Path, "evaluate", run)).Expect(0);
        Assert.Contains("AUROC", evaluated.Output, StringComparison.Ordinal);
        RadaptResult predicted =
            (await RadaptProcess.Run(folder.Path, "predict", run, Path.Combine(tiny.Data, "images"), "-o", "predictions.csv")).Expect(0);
        Assert.Contains("60 images predicted", predicted.Output + predicted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finetune_FileOfThatNameInTheWorkingFolder_IsUsedAndNoted()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder[Name], File.ReadAllBytes(Path.Combine(Repository.Root, "weights", Name + ".safetensors")));
        RadaptResult tuned = (await RadaptProcess.Run(folder.Path, FineTune("run"))).Expect(0);
        Assert.Contains($"{folder[Name]} is used, not the weights of that name that are part of Radapt", tuned.Output,
            StringComparison.Ordinal);
        Assert.Contains($"weights: {{value: {folder[Name]}, ", File.ReadAllText(folder["run/recipe.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pretrain_PhantomTiny_GoesOnFromIt()
    {
        using var folder = new TemporaryFolder();
        string[] options = ["--epochs", "1", "--threads", "1", "--precision", "float32", "--products", "linear"];
        RadaptResult pretrained = (await RadaptProcess.Run(folder.Path,
            ["pretrain", "mae", Path.Combine(tiny.Data, "images"), "--weights", Name, "--out", "mae", .. options])).Expect(0);
        Assert.Contains("the decoder starts from random weights", pretrained.Output, StringComparison.Ordinal);
        Assert.Contains($"weights: {{value: {Name}, ", File.ReadAllText(folder["mae/recipe.yaml"]), StringComparison.Ordinal);
    }

    private string[] FineTune(string run) =>
    [
        "finetune", "--data", tiny.Data, "--weights", Name, "--method", "lora", "--epochs", "2", "--batch-size", "12",
        "--precision", "float32",
        "--products", "linear", "--threads", "1", "--loader-threads", "1", "--plain-names", "--allow-rare-findings", "--out", run,
    ];
}
