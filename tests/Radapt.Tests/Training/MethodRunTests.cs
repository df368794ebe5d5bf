using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>Whole runs with every method on saved weights.</summary>
public sealed class MethodRunTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    public static TheoryData<string> Cases =>
    [
        "lora", "lora;rslora true;lora-ranks 2,4", "lora;dora true", "lora;lora-blocks 1-1;augment none",
            "adalora;tinit 0.2;tfinal 0.2", "ia3",
        "vpt;prompt-tokens 3", "vpt;prompt-depth shallow", "houlsby;bottleneck 4", "parallel;bottleneck 4;adapter-scale 1",
            "bitfit", "norm",
        "norm;pooling class-token", "last-k;last-k 1", "last-k;last-k 1;augment none;pooling class-token", "linear", "full",
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_ReadBack_GivesItsFiguresAndProbabilities(string options)
    {
        string[] all = [.. Options(options), "patience 0"];
        RunSummary summary;
        using (FineTuning run = runs.Prepare(all))
        {
            summary = run.Run(runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, summary.Epochs);
        using Predictor predictor = Predictor.Open(summary.Folder, plan: new ComputePlan("float32", "cpu", 1));
        using FineTuning again = runs.Prepare(all);
        ScoredImages test = predictor.Score(again.Data.Test!, batchSize: 4, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(summary.Test!.MeanAuroc, test.Metrics.MeanAuroc);
        Assert.Equal(summary.Test.Findings, test.Metrics.Findings);
    }

    [Theory]
    [InlineData("bitfit", true)]
    [InlineData("ia3", true)]
    [InlineData("adalora", true)]
    [InlineData("lora;dora true", true)]
    [InlineData("last-k;last-k 1", true)]
    [InlineData("vpt", false)]
    [InlineData("houlsby", false)]
    public void Run_AsWeightsOfAnother_IsItsMergedBackboneOrRefused(string options, bool merges)
    {
        RunSummary first = runs.Run([.. Options(options), "epochs 1", "lr 0.05", "warmup-epochs 0"]);
        using BackboneWeights weights = BackboneWeights.Open(first.Folder);
        using var classifier = new Classifier(new BackboneShape(16, 4, 2, 16, 2), 2, Pooling.Mean, 0, ComputePlan.Float32);
        if (!merges)
        {
            RadaptException e = Assert.Throws<RadaptException>(() => weights.LoadInto(classifier.Encoder));
            Assert.Contains("cannot be merged", e.Message, StringComparison.Ordinal);
            return;
        }

        weights.LoadInto(classifier.Encoder);
        AdapterDescription run = AdapterFile.Describe(first.Folder);
        using var adapted = new Classifier(run.Backbone, run.Findings.Count, run.Pooling, 0, ComputePlan.Float32);
        BackboneWeights.LoadBase(run, null, adapted.Encoder);
        using var scope = TorchSharp.torch.NewDisposeScope();
        TorchSharp.torch.Tensor images = TorchSharp.torch.randn(2, 1, 16, 16);
        TorchSharp.torch.Tensor plain = adapted.Encoder.Forward(images, ForwardPass.Evaluation);
        AdaptationMethod.Apply(adapted, run.Method, ComputePlan.Float32, 0);
        AdapterFile.Load(first.Folder, [.. adapted.Trained()]);
        TorchSharp.torch.Tensor expected = adapted.Encoder.Forward(images, ForwardPass.Evaluation);
        Assert.True(TorchSharp.torch.allclose(expected, classifier.Encoder.Forward(images, ForwardPass.Evaluation), 1e-4, 1e-5));
        Assert.False(TorchSharp.torch.allclose(expected, plain, 1e-4, 1e-5));
    }

    [Fact]
    public void Run_AdaLora_EndsWithItsTargetRank()
    {
        RunSummary summary = runs.Run([.. Options("adalora"), "initial-rank 3", "target-rank 2", "epochs 6", "patience 0"]);
        // The best epoch may lie before the end, so the state of the last is looked at through a run whose last epoch is the only validated
        // one.
        RunSummary last =
            runs.Run([.. Options("adalora"), "initial-rank 3", "target-rank 2", "epochs 6", "patience 0", "validate-every 6"]);
        using CheckpointFile file = CheckpointFile.Open(Path.Combine(last.Folder, "adapter.safetensors"));
        using var scope = TorchSharp.torch.NewDisposeScope();
        int kept = file.Tensors.Where(t => t.Name.EndsWith("adalora_values", StringComparison.Ordinal))
            .Sum(t => file.ReadTensor(t.Name).data<float>().Count(v => v != 0));
        Assert.Equal(2 * 2 * 2, kept);
        Assert.Equal(6, summary.Epochs);
    }

    [Theory]
    [InlineData("bitfit;rank 4", "--rank")]
    [InlineData("lora;prompt-tokens 4", "--prompt-tokens")]
    [InlineData("parallel;last-k 4", "--last-k")]
    [InlineData("ia3;rslora true", "--rslora")]
    [InlineData("last-k;last-k 3", "--last-k")]
    [InlineData("lora;lora-ranks 2,2,2", "--lora-ranks")]
    [InlineData("lora;lora-ranks 0,0", "--lora-ranks")]
    [InlineData("lora;lora-blocks 1-2", "--lora-blocks")]
    [InlineData("lora;lora-blocks 1-0", "--lora-blocks")]
    [InlineData("lora;rank 17", "--rank")]
    [InlineData("adalora;target-rank 7", "--target-rank")]
    [InlineData("adalora;tinit 0.6;tfinal 0.6", "--tfinal")]
    [InlineData("lorra", "--method")]
    public void Prepare_OptionThatDoesNotFit_IsOneLineThatNamesIt(string options, string named)
    {
        RadaptException e = Assert.Throws<RadaptException>(() => runs.Prepare(Options(options)).Dispose());
        Assert.StartsWith(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("vpt")]
    [InlineData("adalora")]
    [InlineData("last-k")]
    public void Prepare_LearningRate_IsTheMethodsWithItsReason(string method)
    {
        using FineTuning run = runs.Prepare(Options(method));
        MethodRates rates = AdaptationMethod.Find(method).Rates;
        Assert.Equal(rates.AdamW, run.Recipe.Optimisation.LearningRate);
        Assert.Equal(rates.AdamWReason, run.Resolved.Values.Single(v => v.Name == "lr").Reason);
    }

    private static string[] Options(string options) => [.. $"method {options}".Split(';')];
}
