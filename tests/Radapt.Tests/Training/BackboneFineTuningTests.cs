using System.Globalization;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Recipes;
using Radapt.Tests.Golden;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>
/// Small models of every dialect learn from real radiographs; what is saved gives the same probabilities however it is read back.
/// </summary>
[Trait("Category", "Golden")]
public sealed class BackboneFineTuningTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (string id in s_checkpoints)
            {
                runs.Add(id, "lora");
                runs.Add(id, "full");
            }

            runs.Add("dinov2_reg4", "linear");
            runs.Add("hf_dinov2_swiglu", "linear");
            return runs;
        }
    }

    private static readonly string[] s_checkpoints =
    [
        "dinov2_plain", "dinov2_reg4", "dinov2_swiglu", "dinov2_teacher_chunked", "timm_dinov2_reg4", "timm_dinov2_swiglu",
        "hf_dinov2_plain", "hf_dinov2_classifier", "hf_dinov2_reg4", "hf_dinov2_swiglu", "hf_vitmae", "timm_vit",
    ];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_OnRealRadiographs_GivesTheSameProbabilitiesHoweverItIsReadBack(string checkpoint, string method)
    {
        GoldenCase golden = GoldenIndex.Find($"checkpoints/{checkpoint}");
        using var folder = new TemporaryFolder();
        using FineTuning fineTuning = Prepare(folder, golden, method);
        Assert.Equal(golden.Config["init_values"] is null ? Pooling.Mean : Pooling.ClassToken, fineTuning.Recipe.Model.Pooling);

        RunSummary summary = fineTuning.Run(folder["run"], cancellation: TestContext.Current.CancellationToken);

        Assert.All(summary.History, epoch => Assert.True(double.IsFinite(epoch.TrainLoss)));
        Assert.Equal(summary.History[summary.BestEpoch - 1].Figure("auroc"), summary.Val.MeanAuroc); // in memory, and read back
        float[] saved = [.. File.ReadLines(Path.Combine(summary.Folder, "predictions.csv")).Skip(1)
            .Select(l => float.Parse(l.Split(',')[1], CultureInfo.InvariantCulture))];
        var images = new ImageBatches(fineTuning.Data.Test!, fineTuning.Preprocessing, 8, 1, cacheBytes: 0);
        using (Predictor predictor = Predictor.Open(summary.Folder))
        {
            AssertClose(saved, predictor.Score(images, null, TestContext.Current.CancellationToken).Probabilities, "merged");
        }

        using Classifier unmerged = Read(summary.Folder);
        AssertClose(saved, [.. Scoring.Logits(unmerged, images, null, TestContext.Current.CancellationToken)
            .Select(l => (float)Scoring.Probability(l))], "unmerged");
        using Classifier reused = Reuse(summary.Folder);
        AssertClose(saved, [.. Scoring.Logits(reused, images, null, TestContext.Current.CancellationToken)
            .Select(l => (float)Scoring.Probability(l))], "as the weights of another run");
        Assert.True(saved.Distinct().Count() > saved.Length / 2, "the model says the same of every image");
    }

    /// <summary>
    /// The same weights under other names are the same base: a Hugging Face user's adapter works on facebookresearch's file.
    /// </summary>
    [Theory]
    [InlineData("hf_dinov2_plain", "dinov2_plain")]
    [InlineData("dinov2_swiglu", "timm_dinov2_swiglu")]
    [InlineData("dinov2_plain", "dinov2_teacher_chunked")]
    public void Open_AdapterOnTheSameWeightsOfAnotherDialect_GivesTheSameProbabilities(string trainedOn, string other)
    {
        using var folder = new TemporaryFolder();
        using FineTuning fineTuning = Prepare(folder, GoldenIndex.Find($"checkpoints/{trainedOn}"), "lora");
        RunSummary summary = fineTuning.Run(folder["run"], cancellation: TestContext.Current.CancellationToken);
        var images = new ImageBatches(fineTuning.Data.Test!, fineTuning.Preprocessing, 8, 1, cacheBytes: 0);

        using Predictor own = Predictor.Open(summary.Folder);
        using Predictor moved = Predictor.Open(summary.Folder, GoldenIndex.Find($"checkpoints/{other}").File("input"));

        AssertClose([.. own.Score(images, null, TestContext.Current.CancellationToken).Probabilities],
            moved.Score(images, null, TestContext.Current.CancellationToken).Probabilities, other);
    }

    private static FineTuning Prepare(TemporaryFolder folder, GoldenCase golden, string method)
    {
        string data = Repository.RealData("pneumonia-cxr");
        foreach ((string split, int each) in ((string, int)[])[("train", 16), ("val", 8), ("test", 8)])
        {
            string[] lines = File.ReadAllLines(Path.Combine(data, "splits", split + ".txt"));
            File.WriteAllLines(folder[split + ".txt"],
                ((string[])[" 0", " 1"]).SelectMany(c => lines.Where(l => l.TrimEnd().EndsWith(c, StringComparison.Ordinal)).Take(each)));
        }

        var options = new Dictionary<string, string>
        {
            ["train"] = folder["train.txt"],
            ["val"] = folder["val.txt"],
            ["test"] = folder["test.txt"],
            ["image-root"] = Path.Combine(data, "images"),
            ["class-labels"] = "true",
            ["keep-classes"] = "0,1",
            ["weights"] = golden.File("input"),
            ["heads"] = ((int)golden.Config["num_heads"]!).ToString(CultureInfo.InvariantCulture),
            ["method"] = method,
            ["lr"] = method == "full" ? "1e-3" : "1e-2",
            ["epochs"] = "2",
            ["batch-size"] = "8",
            ["allow-rare-findings"] = "true",
            ["precision"] = "float32",
            ["products"] = "linear",
            ["threads"] = "1",
            ["loader-threads"] = "1",
            ["seed"] = "3",
        };
        if (method == "lora")
        {
            options["lora-targets"] = "q,v,fc1,fc2";
        }

        return FineTuning.Prepare([RecipeLayer.FromCommandLine(options)]);
    }

    // The adapters in their slots, as in training.
    private static Classifier Read(string run)
    {
        AdapterDescription adapter = AdapterFile.Describe(run);
        var classifier = new Classifier(adapter.Backbone, adapter.Findings.Count, adapter.Pooling, 0, ComputePlan.Float32);
        if (adapter.Method.Name != "full")
        {
            BackboneWeights.LoadBase(adapter, null, classifier.Encoder);
        }

        AdaptationMethod.Apply(classifier, adapter.Method, ComputePlan.Float32, adapter.Seed);
        AdapterFile.Load(run, [.. classifier.Trained()]);
        return classifier;
    }

    // The adapted backbone as base weights, and the head on it.
    private static Classifier Reuse(string run)
    {
        AdapterDescription adapter = AdapterFile.Describe(run);
        var classifier = new Classifier(adapter.Backbone, adapter.Findings.Count, adapter.Pooling, 0, ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(run);
        weights.LoadInto(classifier.Encoder);
        using var tensors = new GoldenTensors(AdapterFile.Locate(run));
        Assert.Empty(tensors.CopyInto(classifier.Head.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        return classifier;
    }

    private static void AssertClose(float[] expected, IReadOnlyList<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Count);
        Assert.All(expected.Zip(actual),
            pair => Assert.True(Math.Abs(pair.First - pair.Second) < Tolerance, $"{what}: {pair.First} and {pair.Second}"));
    }
}
