using System.Globalization;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>The number of live tensors stays flat: TorchSharp counts those of the current thread exactly.</summary>
public sealed class LiveTensorTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private static long LiveTensors => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    [Fact]
    public void LiveTensors_TensorThatIsKept_IsCounted()
    {
        long before = LiveTensors;
        Tensor outside = ones(1);
        Tensor detached;
        using (NewDisposeScope())
        {
            detached = (ones(1) + 1).DetachFromDisposeScope();
        }

        Assert.Equal(before + 2, LiveTensors);
        outside.Dispose();
        detached.Dispose();
        Assert.Equal(before, LiveTensors);
    }

    [Theory]
    [InlineData("lora", "adamw", 1)]
    [InlineData("lora", "sgd", 2)]
    [InlineData("full", "adamw", 1)]
    [InlineData("linear", "sgd", 1)]
    public void Train_HundredSteps_LiveTensorsStayFlat(string method, string optimizer, int accumulate)
    {
        var counts = new List<long>();
        using FineTuning run = runs.Prepare(
            $"method {method}", $"optimizer {optimizer}", $"accumulate {accumulate}", "epochs 20", "drop-path 0.1", "clip-grad 1",
            "pos-weight balanced", "patience 0", "validate-every 5", "validate-images 5");
        run.OnUpdate = _ => counts.Add(LiveTensors);

        run.Run(runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(120 / accumulate, counts.Count);
        Assert.Equal(counts[5], counts.Skip(5).Max());
        Assert.Equal(counts[5], counts.Skip(5).Min());
    }

    [Fact]
    public void Predict_TwentyBatches_LiveTensorsStayFlat()
    {
        string folder = runs.Run("epochs 1").Folder;
        string[] images = [.. Directory.EnumerateFiles(Path.Combine(runs.Data, "images"))];
        long before = LiveTensors;
        var counts = new HashSet<long>();
        using (Predictor predictor = Predictor.Open(folder))
        {
            foreach (Prediction prediction in predictor.Predict(images, batchSize: 2, cancellation: TestContext.Current.CancellationToken))
            {
                Assert.NotNull(prediction.Probabilities);
                counts.Add(LiveTensors);
            }
        }

        Assert.Single(counts);
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public void PrepareAndRun_ThreeTimes_LeavesNoTensor()
    {
        runs.Run("epochs 1");
        long before = LiveTensors;
        for (int i = 0; i < 3; i++)
        {
            runs.Run("epochs 1");
            Assert.Equal(before, LiveTensors);
        }
    }

    /// <summary>Minutes long, so only when asked for: <c>-explicit only -method "*RealSize*" -showliveoutput</c>.</summary>
    [Fact(Explicit = true)]
    public void Train_RealSize_LiveTensorsAndMemoryStayFlat()
    {
        const int Batch = 16;
        set_num_threads(Machine.Current.PhysicalCores);
        ComputePlan plan = ComputePlan.Float32 with { Precision = ProductProbe.Choose("auto").Precision }; // as users get it
        using var classifier = new Classifier(BackboneShape.FromName("vit_base_patch16_224")!, 14, Pooling.Mean, 0.1, plan);
        Initialisation.FromScratch(classifier.Encoder, 0);
        classifier.Head.Initialise(0);
        AdaptationMethod.Apply(classifier, new LoraOptions(), plan, 0);
        FrozenWeights.Hold(classifier.Encoder, plan);
        using Optimizer optimizer = Optimizer.Create(TestRecipes.Tiny.ForOptimizer() with { Depth = 12 }, [.. classifier.Trained()]);
        var random = new Random(0);
        float[] pixels = [.. Enumerable.Range(0, Batch * 224 * 224).Select(_ => (float)random.NextDouble())];
        sbyte[] labels = [.. Enumerable.Range(0, Batch * 14).Select(i => (sbyte)(i % 3 == 0 ? 1 : 0))];
        var measured = new List<(long Tensors, double Mib)>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (int step = 1; step <= 100; step++)
        {
            using (NewDisposeScope())
            {
                Tensor logits = classifier.Forward(tensor(pixels, [Batch, 1, 224, 224]), new ForwardPass(true, 0, step));
                MaskedLoss.Compute(logits, labels, null).backward();
                optimizer.Step(1e-3);
            }

            if (step % 10 == 0)
            {
                measured.Add((LiveTensors, Environment.WorkingSet / 1048576.0));
                TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                        $"step {step}: {measured[^1].Tensors} live tensors, {measured[^1].Mib:f0} MiB resident, {plan.Precision}, "
                            + $"{watch.Elapsed.TotalSeconds / step:f2} s a step"));
            }
        }

        Assert.Single(measured.Skip(1).Select(m => m.Tensors).Distinct());
        Assert.InRange(measured[^1].Mib / measured[1].Mib, 0, 1.05);
    }
}
