using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>Whole runs of methods that fit the head to frozen features.</summary>
public sealed class ProbeRunTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    public static TheoryData<string> Methods => ["ridge", "logistic", "knn"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_ReadBack_GivesItsFiguresAndProbabilities(string method)
    {
        RunSummary summary = runs.Run($"method {method}");
        using Predictor predictor = Predictor.Open(summary.Folder, plan: new ComputePlan("float32", "cpu", 1));
        using FineTuning again = runs.Prepare($"method {method}");
        ScoredImages test = predictor.Score(again.Data.Test!, batchSize: 4, cancellation: Token);
        Assert.Equal(summary.Test!.Findings, test.Metrics.Findings);
        RunRecord record = RunRecord.Read(summary.Folder)!;
        Assert.Equal(summary.Test.MeanAuroc, record.Test!.Auroc[RunFigures.Mean]);
        Assert.Equal(["Effusion", "Cardiomegaly"], record.Probe!.Chosen.Keys);
        Assert.All(record.Probe.Chosen.Values, c => Assert.True(c > 0));
        Assert.InRange(record.Probe.OutOfFoldAuroc[RunFigures.Mean]!.Value, 0, 1);
        Assert.Equal(method, AdapterFile.Describe(summary.Folder).Method.Name);
    }

    /// <summary>The same features and labels give the same head, whatever the seed of everything else and the cache of features.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_Again_GivesTheSameFile(string method)
    {
        RunSummary first = runs.Run($"method {method}");
        RunSummary second = runs.Run($"method {method}", "feature-cache off");
        Assert.Equal(File.ReadAllText(Path.Combine(first.Folder, "predictions.csv")),
            File.ReadAllText(Path.Combine(second.Folder, "predictions.csv")));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_CancelledInItsFeatures_IsResumedToTheSameResult(string method)
    {
        RunSummary whole = runs.Run($"method {method}");
        string folder = runs.NewFolder();
        using (var stop = new CancellationTokenSource())
        {
            using FineTuning cut = runs.Prepare($"method {method}");
            Assert.ThrowsAny<OperationCanceledException>(() => cut.Run(folder, cancellation: stop.Token, progress: new Watcher(p =>
            {
                if (p is { Phase: TrainingPhase.Features, Step: 2 })
                {
                    stop.Cancel();
                }
            })));
        }

        using FineTuning rest = runs.Prepare($"method {method}");
        RunSummary resumed = rest.Run(folder, resume: true, cancellation: Token);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, "adapter.safetensors")),
            File.ReadAllBytes(Path.Combine(resumed.Folder, "adapter.safetensors")));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_TableWithoutValidationImages_IsTakenAndOtherMethodsSayWhatToDo(string method)
    {
        using var folder = new TemporaryFolder();
        string table = folder["labels.csv"];
        File.WriteAllLines(table, File.ReadAllLines(Path.Combine(runs.Data, "labels.csv"))
            .Where(l => !l.Contains(",val,", StringComparison.Ordinal)));
        string[] data = [$"data {table}", $"image-root {runs.Data}"];
        RunSummary summary = runs.Run([.. data, $"method {method}"]);
        Assert.NotNull(summary.Test!.MeanAuroc);
        RunRecord record = RunRecord.Read(summary.Folder)!;
        Assert.Null(record.Val);
        Assert.Equal(0, record.Data!.Val);

        RadaptException e = Assert.Throws<RadaptException>(() => runs.Prepare([.. data, "method lora"]).Dispose());
        Assert.Contains("no row of split 'val'", e.Message, StringComparison.Ordinal);
        Assert.Contains("--method ridge", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OptionsOfTraining_AreNotUsedAndTheRunSaysSo()
    {
        using FineTuning run = runs.Prepare("method ridge", "lr 0.1", "augment crop-flip");
        string note = Assert.Single(run.Notes, n => n.StartsWith("Not used", StringComparison.Ordinal));
        Assert.Contains("lr 0.1", note, StringComparison.Ordinal);
        Assert.Contains("augment crop-flip", note, StringComparison.Ordinal);
        Assert.Contains("epochs 3", note, StringComparison.Ordinal); // which every tiny run is given
        Assert.DoesNotContain(run.Resolved.Values, v => v.Name is "lr" or "epochs" or "optimizer" or "validate-every" or "momentum");
    }

    /// <summary>The head that is saved computes what the probe says of the pooled features, at every pooling.</summary>
    [Theory]
    [InlineData("mean")]
    [InlineData("normed-mean")]
    [InlineData("class-token")]
    [InlineData("class-and-mean")]
    public void Run_EveryPooling_LearnsWhatTheHeadReads(string pooling)
    {
        RunSummary summary = runs.Run("method ridge", $"pooling {pooling}");
        Assert.InRange(summary.Test!.MeanAuroc!.Value, 0, 1);
        MultiLabelMetrics val = summary.Val;
        Assert.Equal(summary.History[0].Figure("auroc")!.Value, val.MeanAuroc!.Value, 1e-9); // features, and read back from pixels
    }

    private sealed class Watcher(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
