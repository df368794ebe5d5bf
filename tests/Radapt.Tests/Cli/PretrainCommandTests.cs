using System.Text.Json.Nodes;
using Radapt.Checkpoints;
using Radapt.Runs;

namespace Radapt.Tests.Cli;

[Collection(WholeCommands.Name)]
public sealed class PretrainCommandTests(TinyRun tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pretrain_Phantoms_GivesWeightsThatFineTuneTakes()
    {
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, Pretrain("mae", "--probe", tiny.Data))).Expect(0);
        Assert.Contains("57 images are learned from; 3 are held out", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("Next: radapt finetune --data LABELS.csv --weights mae --out runs/first\n", result.Output,
            StringComparison.Ordinal);
        Assert.Equal(["epoch-10.safetensors", "epoch-15.safetensors", "epoch-5.safetensors"], Names("mae/checkpoints"));
        Assert.Equal(["epoch-10.png", "epoch-15.png", "epoch-20.png", "epoch-5.png"], Names("mae/reconstructions"));

        RunRecord run = RunRecord.Read(_folder["mae"])!;
        Assert.Equal(RunStatus.Complete, run.Status);
        Assert.Equal((57, 3, "mae"), (run.Pretraining!.Images, run.Pretraining.HeldOut, run.Pretraining.Task));
        Assert.InRange(run.Pretraining.Figures!["probe_auroc"], 0, 1);
        string[] metrics = File.ReadAllLines(_folder["mae/metrics.jsonl"]);
        Assert.True(Loss(metrics[^1]) < 0.9 * Loss(metrics[0]), $"{metrics[0]}\n{metrics[^1]}");

        RadaptResult inspected =
            (await RadaptProcess.Run(_folder.Path, "inspect", "mae/checkpoints/epoch-5.safetensors", "--json")).Expect(0);
        Assert.Equal("Radapt MAE pre-training, epoch 5 of 20, 57 images", (string)inspected.Json["description"]!);
        RadaptResult tuned = (await RadaptProcess.Run(_folder.Path, "finetune", "--data", tiny.Data, "--weights", "mae", "--epochs", "2",
            "--threads", "1", "--precision", "float32", "--products", "linear", "--out", "tuned")).Expect(0);
        Assert.Contains("heads           2  ", tuned.Output, StringComparison.Ordinal); // the file says it; the width would not
        (await RadaptProcess.Run(_folder.Path, "evaluate", "tuned")).Expect(0);
    }

    [Fact]
    public async Task Resume_AfterKill_EqualsTheUninterruptedRunBitForBit()
    {
        (await RadaptProcess.Run(_folder.Path, Pretrain("whole"))).Expect(0);
        using (RadaptProcess process = RadaptProcess.Start(_folder.Path, "epoch 7/", Pretrain("broken")))
        {
            process.OnSeen = p => p.Kill();
            await process.End();
        }

        RadaptResult other = (await RadaptProcess.Run(
            _folder.Path, "pretrain", "mae", "--resume", "--out", "broken", "--mask-ratio", "0.9")).Expect(2);
        Assert.StartsWith("radapt: --mask-ratio cannot be changed", other.ErrorLine, StringComparison.Ordinal);
        (await RadaptProcess.Run(_folder.Path, "pretrain", "mae", "--resume", "--out", "broken")).Expect(0);
        foreach (string file in (string[])["weights.safetensors", "checkpoints/epoch-5.safetensors", "checkpoints/epoch-15.safetensors",
            "reconstructions/epoch-20.png"])
        {
            Assert.Equal(File.ReadAllBytes(_folder[$"whole/{file}"]), File.ReadAllBytes(_folder[$"broken/{file}"]));
        }

        RadaptResult done = (await RadaptProcess.Run(_folder.Path, "pretrain", "mae", "--resume", "--out", "broken")).Expect(0);
        Assert.Contains("is complete", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pretrain_RecipePassedBack_GivesTheSameWeights()
    {
        (await RadaptProcess.Run(_folder.Path, Pretrain("first"))).Expect(0);
        (await RadaptProcess.Run(_folder.Path, "pretrain", "mae", "--recipe", "first/recipe.yaml", "--out", "second")).Expect(0);
        Assert.Equal(File.ReadAllBytes(_folder["first/weights.safetensors"]), File.ReadAllBytes(_folder["second/weights.safetensors"]));
    }

    [Fact] // continued pre-training
    public async Task Pretrain_FromItsOwnWeights_TakesTheDecoderToo()
    {
        (await RadaptProcess.Run(_folder.Path, Pretrain("first"))).Expect(0);
        RadaptResult second = (await RadaptProcess.Run(_folder.Path, "pretrain", "mae", Images, "--weights", "first", "--epochs", "1",
            "--threads", "1", "--out", "second")).Expect(0);
        Assert.Contains("the decoder goes on from the weights' own.", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("left out: decoder", second.Output, StringComparison.Ordinal);
        Assert.True(Loss(File.ReadAllLines(_folder["second/metrics.jsonl"])[0]) < Loss(
            File.ReadAllLines(_folder["first/metrics.jsonl"])[0]));
        using CheckpointFile weights = CheckpointFile.Open(_folder["second/weights.safetensors"]);
        Assert.Contains(weights.Tensors, t => t.Name == "decoder_pred.weight");
    }

    [Theory]
    [InlineData("There are no images to learn from; name folders")]
    [InlineData("nowhere: there is ", "nowhere")]
    [InlineData("--mask-ratio must be greater than 0 and less than 1", "IMAGES", "--mask-ratio", "1")]
    [InlineData("--decoder-heads: 60 channels cannot be divided among 7 heads", "IMAGES", "--decoder-width", "60", "--decoder-heads", "7")]
    [InlineData("--mask-ratio: 0.75 of 1 patch masks none", "IMAGES", "--image-size", "16", "--patch-size", "16")]
    [InlineData("--positions: backbones with rotary positions", "IMAGES", "--positions", "rotary")]
    [InlineData("gone.txt: cannot be read", "IMAGES", "--exclude", "gone.txt")]
    [InlineData("--warmup-epochs: a warm-up of 9 epochs", "IMAGES", "--epochs", "3", "--warmup-epochs", "9")]
    [InlineData("--cache-size: there is no cache", "IMAGES", "--cache-size", "64")]
    public async Task Pretrain_WrongInput_SaysWhatAndLeavesNothing(string message, params string[] arguments)
    {
        RadaptResult result =
            (await RadaptProcess.Run(_folder.Path, ["pretrain", "mae", .. arguments.Select(a => a == "IMAGES" ? Images : a),
            "--out", "run"])).Expect(2);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public async Task Pretrain_DamagedImage_IsLeftOutAndResumedWithout()
    {
        Directory.CreateDirectory(_folder["images"]);
        foreach (string file in Directory.GetFiles(Images))
        {
            File.Copy(file, Path.Combine(_folder["images"], Path.GetFileName(file)));
        }

        File.WriteAllText(_folder["images/damaged.png"], "no picture");
        string[] line = Pretrain("run");
        line[2] = "images";
        RadaptResult result = (await RadaptProcess.Run(_folder.Path, line)).Expect(0);
        Assert.Contains("1 of 61 images cannot be read and is left out", result.Output, StringComparison.Ordinal);
        Assert.Contains("damaged.png", File.ReadAllText(_folder["run/unreadable.csv"]), StringComparison.Ordinal);
        JsonObject record = JsonNode.Parse(File.ReadAllText(_folder["run/run.json"]))!.AsObject();
        Assert.Equal(1, (int)record["pretraining"]!["left_out"]!["blank, or cannot be read"]!);
    }

    private string Images => Path.Combine(tiny.Data, "images");

    private string[] Pretrain(string run, params string[] more) =>
    [
        "pretrain", "mae", Images, "--backbone", "vit_tiny_patch16_224", "--image-size", "16", "--patch-size", "4", "--depth", "2",
        "--width", "32", "--heads", "2", "--crop-scale", "0.5", "--batch-size", "8", "--lr", "2e-3", "--epochs", "20",
        "--precision", "float32", "--products", "linear", "--threads", "1", "--loader-threads", "1", "--out", run, .. more,
    ];

    private string[] Names(string folder) =>
        [.. Directory.GetFiles(_folder[folder]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static double Loss(string line) => (double)JsonNode.Parse(line)!["train_loss"]!;
}
