using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Adaptation;
using Radapt.Tests.Imaging;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

public sealed class FeatureCacheTests : IDisposable
{
    private const string Linear = "--method linear";
    private const string LinearClassToken = "--method linear --pooling class-token";
    private const string UpperLora = "--method lora --lora-blocks 2,3 --augment none";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public FeatureCacheTests() => WriteImages();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Pooling.Mean, 1)]
    [InlineData(Pooling.Mean, 3)]
    [InlineData(Pooling.Mean, 4)]
    [InlineData(Pooling.ClassToken, 2)]
    [InlineData(Pooling.ClassToken, 4)]
    public void ForwardFrom_FeaturesOfTheSameBatch_EqualsTheWholeWayBitForBit(Pooling pooling, int firstBlock)
    {
        using var scope = NewDisposeScope();
        var plan = new ComputePlan("float32", "cpu", 1);
        using var classifier = new Classifier(new BackboneShape(16, 4, 4, 16, 2), 2, pooling, dropPath: 0, plan);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        Tensor images = rand([3, 1, 16, 16]);
        Tensor expected = classifier.Forward(images, ForwardPass.Evaluation);
        Tensor actual = classifier.ForwardFrom(classifier.Features(images, firstBlock), firstBlock, ForwardPass.Evaluation);
        Assert.Equal(expected.data<float>().ToArray(), actual.data<float>().ToArray());
    }

    [Theory]
    [InlineData("full", "", 0)]
    [InlineData("lora", "", 0)]
    [InlineData("lora", "2,3", 2)]
    [InlineData("lora", "3,1", 1)]
    [InlineData("linear", "", 4)]
    public void LowestTrainedBlock_FollowsTheMethod(string method, string blocks, int expected)
    {
        var plan = new ComputePlan("float32", "cpu", 1);
        using var classifier = new Classifier(new BackboneShape(16, 4, 4, 16, 2), 1, Pooling.Mean, 0, plan);
        int[] adapted = [.. blocks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        AdaptationMethod.Apply(classifier, TestMethods.Create(method, new LoraOptions { Blocks = adapted }), plan, 0);
        Assert.Equal(expected, classifier.LowestTrainedBlock);
    }

    [Theory]
    [InlineData(Linear)]
    [InlineData(LinearClassToken)]
    [InlineData(UpperLora)]
    [InlineData(UpperLora + " --recompute")]
    [InlineData(Linear + " --recompute")]
    public void Run_WithAndWithoutTheCache_TrainsTheSame(string options)
    {
        var featurePasses = new List<TrainingProgress>();
        RunSummary cached = Run("a", options, progress: p => featurePasses.AddRange(p.Phase == TrainingPhase.Features ? [p] : []));
        RunSummary live = Run("b", $"{options} --feature-cache off", progress: p => Assert.NotEqual(TrainingPhase.Features, p.Phase));
        Assert.Equal(Enumerable.Range(1, 8), featurePasses.Select(p => p.Step)); // 24 and 8 images by 4, once
        Assert.All(cached.History.Zip(live.History), pair => Assert.Equal(pair.First.TrainLoss, pair.Second.TrainLoss, 1e-5));
        Assert.All(cached.History.Zip(live.History),
            pair => Assert.Equal(pair.First.Figure("loss")!.Value, pair.Second.Figure("loss")!.Value, 1e-5));
        Assert.True(cached.History[0].TrainLoss - cached.History[^1].TrainLoss > 1e-3, "nothing was learned");
        AssertSameAdapters("a", "b", 1e-5);
        Assert.False(Directory.Exists(_folder["a/state"]));
    }

    [Fact]
    public void Run_CancelledAndResumed_EqualsTheUndisturbedRun()
    {
        Run("whole", UpperLora);
        foreach (int after in new[] { 3, 11, 17 }) // within the features, within epochs
        {
            using var cancellation = new CancellationTokenSource();
            string name = $"cut{after}";
            int reports = 0;
            Assert.ThrowsAny<OperationCanceledException>(() => Run(name, UpperLora, cancellation: cancellation.Token, progress: p =>
            {
                if (p.Phase != TrainingPhase.Pixels && ++reports == after)
                {
                    cancellation.Cancel();
                }
            }));
            bool computedAgain = false;
            Run(name, UpperLora, resume: true, progress: p => computedAgain |= p.Phase == TrainingPhase.Features);
            Assert.Equal(after == 3, computedAgain);
            AssertSameAdapters("whole", name, 0);
        }
    }

    [Fact]
    public void Run_FeaturesCannotBeKept_TrainsLiveAndSaysSo()
    {
        Run("live", $"{Linear} --feature-cache off");
        using FineTuning tuning = Prepare(Linear);
        tuning.Run(_folder["blocked"], progress: new Synchronous(p =>
        {
            if (p is { Phase: TrainingPhase.Features, Step: 1 })
            {
                Directory.CreateDirectory(_folder["blocked/state/features-train.bin"]);
            }
        }), cancellation: Token);
        Assert.Contains(tuning.Notes,
            n => n.StartsWith("The frozen blocks 0-3 are run in every epoch, because their features cannot be kept: ", StringComparison.Ordinal));
        AssertSameAdapters("live", "blocked", 0);
    }

    [Theory]
    [InlineData(Linear,
        "Features of blocks 0-3 are computed once: only the head is trained and nothing is augmented (32 images, 1 MiB in the run folder")]
    [InlineData(UpperLora, "Features of blocks 0-1 are computed once: only blocks 2-3 and the head are trained and nothing is augmented")]
    [InlineData("--method linear --augment crop-flip",
        "The frozen blocks 0-3 are run in every epoch; with --augment none their features would be computed once.")]
    [InlineData("--method lora --lora-blocks 3 --drop-path 0.1 --augment crop-flip",
        "The frozen blocks 0-2 are run in every epoch; with --augment none and --drop-path 0 their features would be computed once.")]
    [InlineData("--method linear --feature-cache off", null)]
    [InlineData("--method lora", null)]
    [InlineData("--method full --augment none", null)]
    public void Notes_SayWhatIsComputedOnceAndWhy(string options, string? note)
    {
        using FineTuning tuning = Prepare(options);
        if (note is null)
        {
            Assert.DoesNotContain(tuning.Notes, n => n.Contains("eatures", StringComparison.Ordinal));
        }
        else
        {
            Assert.Single(tuning.Notes, n => n.StartsWith(note, StringComparison.Ordinal));
        }
    }

    private void AssertSameAdapters(string a, string b, double tolerance)
    {
        using CheckpointFile first = CheckpointFile.Open(_folder[$"{a}/adapter.safetensors"]);
        using CheckpointFile second = CheckpointFile.Open(_folder[$"{b}/adapter.safetensors"]);
        using var scope = NewDisposeScope();
        Assert.NotEmpty(first.Tensors);
        foreach (string name in first.Tensors.Select(t => t.Name))
        {
            double difference = (first.ReadTensor(name) - second.ReadTensor(name)).abs().max().item<float>();
            Assert.True(difference <= tolerance, $"{name} differs by {difference}");
        }
    }

    private RunSummary Run(string name, string options, bool resume = false, Action<TrainingProgress>? progress = null,
        CancellationToken? cancellation = null)
    {
        using FineTuning tuning = Prepare(options);
        return tuning.Run(_folder[name], resume, progress is null ? null : new Synchronous(progress), cancellation: cancellation ?? Token);
    }

    private FineTuning Prepare(string options)
    {
        string common =
            $"--data {_folder["labels.csv"]} --from-scratch --backbone custom --depth 4 --width 16 --heads 2 --image-size "
                + "16 --patch-size 4 --allow-rare-findings"
            + " --epochs 4 --batch-size 4 --precision float32 --products linear --threads 1 --loader-threads 2 --seed 3 ";
        return FineTuning.Prepare([Recipes.RecipeTesting.Line(common + options)]);
    }

    // The finding is a bright patch, in a place that depends on the image.
    private void WriteImages()
    {
        var table = new List<string> { "image,split,spot" };
        for (int i = 0; i < 40; i++)
        {
            byte[] pixels =
                [.. Enumerable.Range(0, 400)
                    .Select(p => (byte)((p * 7 * (i + 3) % 90) + (i % 2 == 1 && p / 20 is > 3 and < 12 ? 150 : 0)))];
            File.WriteAllBytes(_folder[$"{i}.png"], TestImages.Png(pixels, 20, 20, 1));
            table.Add($"{i}.png,{(i < 24 ? "train" : i < 32 ? "val" : "test")},{i % 2}");
        }

        File.WriteAllLines(_folder["labels.csv"], table);
    }

    private sealed class Synchronous(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
