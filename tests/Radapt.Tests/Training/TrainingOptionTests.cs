using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>What the options of the training loop do.</summary>
public sealed class TrainingOptionTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private static readonly string[] s_plain = ["method full", "optimizer sgd", "drop-path 0", "augment none", "epochs 2"];

    [Theory]
    [InlineData(64, 1, 1)] // a set smaller than a batch is one batch
    [InlineData(24, 4, 1)] // and one smaller than an update is one update
    [InlineData(5, 1, 4)] // what does not fill a batch waits for the next epoch
    [InlineData(4, 4, 2)] // 6 batches: an update of 4, an update of 2
    public void Run_BatchSizeAndAccumulate_GiveTheUpdatesOfAnEpoch(int batchSize, int accumulate, int updates)
    {
        RunSummary summary = runs.Run($"batch-size {batchSize}", $"accumulate {accumulate}", "epochs 2");
        Assert.Equal([updates, 2 * updates], summary.History.Select(e => (int)e.Updates));
        Assert.All(summary.History, e => Assert.True(double.IsFinite(e.TrainLoss)));
    }

    [Fact]
    public void Run_TwoHalfBatchesAnUpdate_LearnWhatOneBatchDoes()
    {
        using var whole = new Adapter(runs.Run([.. s_plain, "batch-size 8"]));
        using var halves = new Adapter(runs.Run([.. s_plain, "batch-size 4", "accumulate 2"]));
        Assert.Equal(whole.Names, halves.Names);
        Assert.All(whole.Names, name => Assert.Equal(0, whole.Distance(halves, name), 1e-5));
    }

    [Theory] // M14
    [InlineData("none")]
    [InlineData("3,0.5")]
    public void Run_HalfBatchesWithUnknownLabels_LearnWhatOneBatchDoes(string posWeight)
    {
        string[] lines = File.ReadAllLines(Path.Combine(runs.Data, "labels.csv"));
        int first = lines[0].Split(',').Index().First(c => c.Item == "Effusion").Index;
        string table = Path.Combine(runs.Data, $"sparse-{posWeight.Length}.csv");
        File.WriteAllLines(table, lines.Select((line, i) =>
        {
            string[] cells = line.Split(',');
            cells[first] = i > 0 && i % 3 == 0 ? "" : cells[first];
            cells[first + 1] = i is > 0 and < 20 ? "" : cells[first + 1]; // so that few batches have as many known labels as the next
            return string.Join(',', cells);
        }));
        string[] options = [.. s_plain, $"data {table}", $"pos-weight {posWeight}", "warmup-epochs 0"];
        using var whole = new Adapter(runs.Run([.. options, "batch-size 12"]));
        using var parts = new Adapter(runs.Run([.. options, "batch-size 3", "accumulate 4"]));
        Assert.All(whole.Names, name => Assert.Equal(0, whole.Distance(parts, name), 1e-5));
    }

    [Fact]
    public void Run_ValidateEveryTwo_ValidatesThoseAndTheLast()
    {
        RunSummary summary = runs.Run("epochs 5", "validate-every 2", "patience 0");
        Assert.Equal([2, 4, 5], summary.History.Where(e => e.Figure("auroc") is not null).Select(e => e.Epoch));
        Assert.Contains(summary.BestEpoch, (int[])[2, 4, 5]);
        Assert.Equal(summary.History.Max(e => e.Figure("auroc")), summary.Val.MeanAuroc);
    }

    [Fact]
    public void Run_ManyMoreValidationThanTrainingImages_ValidatesEvenlyAndSaysSo()
    {
        // 12 epochs of 4 images cost 96 forward passes; half of that, less one pass over the 8 validation images, is room for 5
        // validations.
        RunSummary summary = runs.Run("label-fraction 4", "epochs 12", "validate-every auto", "patience 0");
        Assert.Equal([3, 6, 9, 12], summary.History.Where(e => e.Figure("auroc") is not null).Select(e => e.Epoch));
        JsonNode data = RunRecord.Read(summary.Folder)!.ToJson()["data"]!;
        Assert.Equal((4, 8, 3), ((int)data["train"]!, (int)data["choosing"]!["images"]!, (int)data["choosing"]!["every"]!));
        Assert.Contains("validate-every: {value: 3, source: default", File.ReadAllText(Path.Combine(summary.Folder, "recipe.yaml")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PartOfTheValidationImages_ChoosesAndAllAreScored()
    {
        using FineTuning run = runs.Prepare("validate-images 5");
        LabelledImages part = run.ChoosingImages;
        Assert.InRange(part.Items.Count, 2, 5);
        Assert.All(part.CountLabels(), c => Assert.True(c.HasBothClasses));
        RunSummary summary = run.Run(runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        JsonNode data = RunRecord.Read(summary.Folder)!.ToJson()["data"]!;
        Assert.Equal((part.Items.Count, 8), ((int)data["choosing"]!["images"]!, (int)data["val"]!));

        // The best epoch's figure is the part's, the run's is that of all.
        using Predictor predictor = Predictor.Open(summary.Folder);
        Assert.Equal(predictor.Score(part, cancellation: TestContext.Current.CancellationToken).Metrics.MeanAuroc!.Value,
            summary.History.Max(e => e.Figure("auroc"))!.Value, 1e-9);
        Assert.Equal(predictor.Score(run.Data.Val, cancellation: TestContext.Current.CancellationToken).Metrics.MeanAuroc!.Value,
            summary.Val.MeanAuroc!.Value, 1e-9);

        string recipe = Path.Combine(summary.Folder, "recipe.yaml");
        using FineTuning again = FineTuning.Prepare([RecipeFile.Read(recipe)]);
        Assert.Equal(TinyRuns.Results(summary),
            TinyRuns.Results(again.Run(runs.NewFolder(), cancellation: TestContext.Current.CancellationToken)));
        JsonNode repeated = RunRecord.Read(Directory.GetParent(recipe)!.FullName)!.ToJson()["data"]!["choosing"]!;
        Assert.Equal(data["choosing"]!.ToJsonString(), repeated.ToJsonString());
    }

    [Fact]
    public void Run_NothingGetsBetter_StopsWhenPatienceEnds()
    {
        RunSummary summary = runs.Run("epochs 9", "patience 2", "lr 1e-30"); // too little to change a float32
        Assert.True(summary.StoppedEarly);
        Assert.Equal((1, 3), (summary.BestEpoch, summary.Epochs));
    }

    [Fact]
    public void Run_ClippedGradient_BoundsTheChangeOfAnUpdate()
    {
        // SGD without momentum moves by rate x gradient; one update an epoch, of which the second is the first at a rate above 0
        string[] options = [.. s_plain, "batch-size 24", "momentum 0", "warmup-epochs 0", "lr 0.5", "min-lr 0", "epochs 1"];
        using var start = new Adapter(runs.Run([.. options, "lr 1e-30"]));
        using var clipped = new Adapter(runs.Run([.. options, "clip-grad 0.001"]));
        using var free = new Adapter(runs.Run(options));
        Assert.Equal(0.5 * 0.001, start.Distance(clipped), 1e-5);
        Assert.True(start.Distance(free) > 0.05, $"the gradient was {start.Distance(free) / 0.5:g3}");
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("balanced", new[] { 1f, 3f, 1f })]
    [InlineData("2,0.5,1", new[] { 2f, 0.5f, 1f })]
    public void PositiveWeights_Option_GivesOneAFinding(string option, float[]? expected)
    {
        // positives and negatives: 2 of 4, 1 of 4 with an unknown, none
        sbyte[][] labels = [[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0], [-1, -1, -1]];
        var images = new LabelledImages(["a", "b", "c"], [.. labels.Select((l, i) => new LabelledImage($"{i}.png", $"{i}.png", null, l))]);
        var weight = (PositiveWeight)RecipeOptions.Find("pos-weight")!.Parse(option, "--pos-weight")!;
        Assert.Equal(expected, weight.For(images));
    }

    [Theory]
    [InlineData("1,2,3")]
    [InlineData("1,-2")]
    [InlineData("twice")]
    public void Prepare_PositiveWeightsThatAreNone_NamesTheOption(string option)
    {
        RadaptException error = Assert.Throws<RadaptException>(() => runs.Run($"pos-weight {option}", "findings Effusion,Cardiomegaly"));
        Assert.Contains("--pos-weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PositiveWeights_ChangeWhatIsLearnt()
    {
        string[] variants =
            [.. new[] { "none", "balanced", "3,1" }.Select(
                w => TinyRuns.Results(runs.Run("epochs 1", "warmup-epochs 0", $"pos-weight {w}")))];
        Assert.Equal(3, variants.Distinct().Count());
        Assert.Equal(variants[0], TinyRuns.Results(runs.Run("epochs 1", "warmup-epochs 0", "pos-weight 1,1")));
    }

    [Fact]
    public void MaskedLoss_PositiveWeightAndUnknownLabels_IsTheMeanOverKnownLabels()
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 0.5f, -1, 2, 0 }, [2, 2]);
        double expected = ((3 * Math.Log(1 + Math.Exp(-0.5))) + Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(2))) / 3;
        Tensor loss = MaskedLoss.Compute(logits, [1, 0, 0, -1], tensor(new[] { 3f, 1f }));
        Assert.Equal(expected, loss.item<float>(), 1e-6);
    }

    /// <summary>The tensors of a run's adapter.</summary>
    private sealed class Adapter(RunSummary run) : IDisposable
    {
        private readonly Golden.GoldenTensors _tensors = new(Path.Combine(run.Folder, "adapter.safetensors"));

        public IEnumerable<string> Names => _tensors.Names;

        public double Distance(Adapter other, string name)
        {
            using var scope = NewDisposeScope();
            return (_tensors[name] - other._tensors[name]).norm().item<float>();
        }

        public double Distance(Adapter other) => Math.Sqrt(Names.Sum(n => Math.Pow(Distance(other, n), 2)));

        public void Dispose() => _tensors.Dispose();
    }
}
