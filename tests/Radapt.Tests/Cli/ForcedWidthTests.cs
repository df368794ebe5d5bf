using System.Text.Json.Nodes;
using Radapt.Datasets.Phantoms;
using Radapt.Tests.Compute.Paths;

namespace Radapt.Tests.Cli;

/// <summary>Whole commands as they run on processors with narrower vectors than this one.</summary>
[Collection(WholeCommands.Name)]
public sealed class ForcedWidthTests
{
    private const double Tolerance = 1e-3; // of losses near 0.7, after three updates in other orders of summation

    // Of the first width that ran.
    private static double? s_loss;

    public static TheoryData<int> Widths => ForcedWidth.Bits;

    public static TheoryData<int> Narrower => [.. ForcedWidth.All.Skip(1).Select(w => w.VectorBits)];

    [Theory]
    [MemberData(nameof(Narrower))]
    public async Task Finetune_ForcedWidth_LearnsItsFindings(int vectorBits)
    {
        ForcedWidth width = ForcedWidth.Require(vectorBits);
        using var folder = new TemporaryFolder();
        var phantoms = new PhantomOptions
        {
            Count = 300,
            Size = 64,
            Difficulty = PhantomDifficulty.Easy,
            Findings = [PhantomFinding.Cardiomegaly, PhantomFinding.Effusion], // 180 images do not teach the smaller ones
            Masks = false,
        };
        PhantomSet.Write(folder["data"], phantoms, cancellation: TestContext.Current.CancellationToken);
        RadaptResult result = (await RadaptProcess.Run(folder.Path, width.Variables,
            [.. s_learning, "--data", folder["data"], "--out", folder["run"]])).Expect(0);
        Assert.Equal(vectorBits, (int)result.Json["path"]!["vector_bits"]!);
        Assert.True((double)result.Json["test"]!["auroc"]!["mean"]! > 0.85, result.Output);
        Assert.Contains(vectorBits == 0 ? "none" : $"{vectorBits} bits", result.Error, StringComparison.Ordinal);
    }

    // M22: the main job of most hospital PCs
    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Finetune_LoraOfVitBaseByConvolution_GivesTheSameLossAtEveryWidth(int vectorBits)
    {
        ForcedWidth width = ForcedWidth.Require(vectorBits);
        using var folder = new TemporaryFolder();
        var phantoms = new PhantomOptions { Count = 10, Size = 32, Seed = 1, Findings = [PhantomFinding.Effusion] };
        PhantomSet.Write(folder["data"], phantoms, cancellation: TestContext.Current.CancellationToken);
        RadaptResult result =
            (await RadaptProcess.Run(folder.Path, width.Variables,
                [.. s_finetune, "--data", folder["data"], "--out", folder["run"]])).Expect(0);
        JsonNode path = result.Json["path"]!;
        Assert.Equal(vectorBits, (int)path["vector_bits"]!);
        Assert.Equal("convolution", (string)path["products"]!["value"]!);
        Assert.Contains(path["parts"]!.AsArray(), p => (string)p!["part"]! == "low-rank updates");
        JsonNode epoch = JsonNode.Parse(Assert.Single(File.ReadAllLines(Path.Combine(folder["run"], "metrics.jsonl"))))!;
        Assert.Equal(3, (int)epoch["updates"]!);
        double loss = (double)epoch["train_loss"]!;
        s_loss ??= loss;
        Assert.Equal(s_loss.Value, loss, Tolerance);
    }

    private static readonly string[] s_learning =
    [
        "finetune", "--from-scratch", "--backbone", "vit_tiny_patch16_224", "--method", "full", "--image-size", "32", "--patch-size", "8",
        "--depth", "3", "--width", "96", "--heads", "3", "--drop-path", "0", "--batch-size", "16", "--epochs", "40", "--lr", "1e-3",
        "--layer-decay", "1", "--augment", "none", "--patience", "0", "--precision", "float32", "--threads", "1", "--plain-names",
        "--seed", "0", "--json", "--verbose",
    ];

    private static readonly string[] s_finetune =
    [
        "finetune", "--from-scratch", "--backbone", "vit_base_patch16_224", "--method", "lora", "--epochs", "1", "--batch-size", "2",
        "--precision", "float32", "--products", "convolution", "--allow-rare-findings", "--seed", "0", "--plain-names", "--json",
    ];
}
