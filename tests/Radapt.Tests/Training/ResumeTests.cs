using Radapt.Checkpoints;
using Radapt.Inference;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>A run that is interrupted and resumed equals the undisturbed one bit for bit.</summary>
public sealed class ResumeTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    // 6 batches, so 3 updates an epoch, 9 in all: dropout, drop-path and augmentation all draw numbers.
    private const int Updates = 9;
    private static readonly string[] s_random = ["accumulate 2", "drop-path 0.1", "augment shift-flip-noise"];

    public static TheoryData<string, string> Methods => new(
        from method in Radapt.Adaptation.AdaptationMethod.All.Where(m => m.Probe is null)
        from optimizer in new[] { "sgd", "adamw" }
        select (method.Name, optimizer)); // ProbeRunTests have the others

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_InterruptedAtAnyUpdate_EqualsUndisturbed(string method, string optimizer)
    {
        string[] options = [.. s_random, $"method {method}", $"optimizer {optimizer}", .. method == "lora" ? ["lora-dropout 0.1"]
            : Array.Empty<string>()];
        string undisturbed = TinyRuns.Results(runs.Run(options));
        foreach (int update in new[] { 1, 3, 5, Updates }) // within the first epoch, at the end of one, within the second, the last
        {
            string folder = runs.NewFolder();
            Assert.Null(runs.RunUntil(update, folder, resume: false, options));
            RunSummary resumed = runs.RunUntil(long.MaxValue, folder, resume: true, options)!;
            Assert.Equal(undisturbed, TinyRuns.Results(resumed));
        }
    }

    [Fact]
    public void Run_InterruptedAfterEveryUpdate_EqualsUndisturbed()
    {
        string undisturbed = TinyRuns.Results(runs.Run(s_random));
        string folder = runs.NewFolder();
        for (int update = 1; update <= Updates; update++)
        {
            Assert.Null(runs.RunUntil(update, folder, resume: update > 1, s_random));
        }

        Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, s_random)!));
    }

    [Theory]
    [InlineData("method lora")]
    [InlineData("method linear")] // of features that are computed once
    public void Run_PartOfTheValidationImagesAndInterrupted_EqualsUndisturbed(string method)
    {
        string[] options = [.. s_random, method, "validate-every 2", "validate-images 5", "epochs 5", .. method == "method linear"
            ? ["augment none", "drop-path 0"] : Array.Empty<string>()];
        string undisturbed = TinyRuns.Results(runs.Run(options));
        foreach (int update in new[] { 2, 7, 13 })
        {
            string folder = runs.NewFolder();
            Assert.Null(runs.RunUntil(update, folder, resume: false, options));
            Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, options)!));
        }

        string changed = runs.NewFolder();
        Assert.Null(runs.RunUntil(2, changed, resume: false, options));
        RadaptException error =
            Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, changed, resume: true, [.. options, "validate-images 6"]));
        Assert.Contains("validate-images 5, not 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_InterruptedAtAnyMoment_EqualsUndisturbed()
    {
        // Also between the batches of one update: gradients that wait are computed again.
        string[] options = [.. s_random.Skip(1), "accumulate 6", "epochs 30", "patience 0", "validate-every 10"];
        string undisturbed = TinyRuns.Results(runs.Run(options));
        string folder = runs.NewFolder();
        var random = new Random(11);
        RunSummary? done = null;
        for (int session = 0; done is null; session++)
        {
            using var stop = new CancellationTokenSource();
            using FineTuning run = runs.Prepare(options);
            try
            {
                stop.CancelAfter(session < 25 ? random.Next(10, 150) : Timeout.Infinite);
                done = run.Run(folder, resume: Directory.Exists(folder), cancellation: stop.Token);
            }
            catch (OperationCanceledException)
            {
                // the next session goes on
            }
        }

        Assert.Equal(undisturbed, TinyRuns.Results(done));
    }

    [Fact]
    public void Run_ResumedByAnotherRecipe_NamesTheOption()
    {
        string folder = runs.NewFolder();
        Assert.Null(runs.RunUntil(1, folder, resume: false));
        RadaptException error =
            Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, folder, resume: true, "precision bfloat16"));
        Assert.Contains("precision float32, not bfloat16", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_InterruptedBetweenEpochsOrBeforeTheTest_EqualsUndisturbed(int epoch)
    {
        string undisturbed = TinyRuns.Results(runs.Run(s_random));
        string folder = runs.NewFolder();
        using var stop = new CancellationTokenSource();
        using (FineTuning run = runs.Prepare(s_random))
        {
            Assert.ThrowsAny<OperationCanceledException>(() => run.Run(
                folder, onEpoch: result => { if (result.Epoch == epoch) { stop.Cancel(); } }, cancellation: stop.Token));
        }

        Assert.Equal(undisturbed, TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, s_random)!));
    }

    [Fact]
    public void Run_OtherNumberOfLoaderThreads_EqualsBitForBit() =>
        Assert.Equal(TinyRuns.Results(runs.Run([.. s_random, "loader-threads 1"])),
            TinyRuns.Results(runs.Run([.. s_random, "loader-threads 4"])));

    [Fact]
    public void Run_OtherSeed_Differs() =>
        Assert.NotEqual(TinyRuns.Results(runs.Run(s_random)), TinyRuns.Results(runs.Run([.. s_random, "seed 8"])));

    [Fact]
    public void Resume_NothingThere_SaysSo()
    {
        using FineTuning run = runs.Prepare();
        RadaptException error =
            Assert.Throws<RadaptException>(
                () => run.Run(runs.NewFolder(), resume: true, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("nothing to resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_CompleteRun_SaysSoAndKeepsIt()
    {
        RunSummary done = runs.Run("epochs 1");
        string before = TinyRuns.Results(done);
        Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, done.Folder, resume: true, "epochs 1"));
        Assert.Equal(before, TinyRuns.Results(done));
    }

    [Fact]
    public void Run_FolderWithSomeonesFiles_RefusesAndTouchesNone()
    {
        string folder = runs.NewFolder();
        string[] files = [Path.Combine(folder, "notes.tmp"), Path.Combine(folder, "state", "of-affairs.tmp"),
            Path.Combine(folder, "deep", "er", "x.tmp")];
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "mine");
        }

        RadaptException error = Assert.Throws<RadaptException>(() => runs.RunUntil(1, folder, resume: false));
        Assert.Contains("not empty", error.Message, StringComparison.Ordinal);
        Assert.All(files, file => Assert.Equal("mine", File.ReadAllText(file)));
    }

    [Fact]
    public void Run_FolderOfAnInterruptedRun_NamesResume()
    {
        string folder = runs.NewFolder();
        runs.RunUntil(2, folder, resume: false);
        RadaptException error = Assert.Throws<RadaptException>(() => runs.RunUntil(2, folder, resume: false));
        Assert.Contains("--resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LossNotFinite_StopsAndLeavesTheFolderAsItWas()
    {
        string[] options = ["method full", "optimizer sgd"];
        string folder = runs.NewFolder();
        runs.RunUntil(8, folder, resume: false, options); // in the second epoch: the first has left its adapter
        string[] files = ["adapter.safetensors", "metrics.jsonl", Path.Combine("state", "state.safetensors")];
        byte[][] before = [.. files.Select(f => File.ReadAllBytes(Path.Combine(folder, f)))];

        // A divergence in the second epoch, as if the rate had been too high.
        string state = Path.Combine(folder, "state", "state.safetensors");
        ScaleTrainedTensors(state, 1e30);
        byte[] diverged = File.ReadAllBytes(state);
        RadaptException error = Assert.Throws<RadaptException>(() => runs.RunUntil(long.MaxValue, folder, resume: true, options));

        Assert.Contains("--lr", error.Message, StringComparison.Ordinal);
        Assert.Contains("epoch 2", error.Message, StringComparison.Ordinal);
        Assert.Equal([before[0], before[1], diverged], files.Select(f => File.ReadAllBytes(Path.Combine(folder, f))));
        File.WriteAllBytes(state, before[2]);
        using (Predictor predictor = Predictor.Open(folder))
        {
            string image = Directory.EnumerateFiles(Path.Combine(runs.Data, "images")).First();
            Assert.All(Assert.Single(predictor.Predict([image], cancellation: TestContext.Current.CancellationToken)).Probabilities!,
                p => Assert.InRange(p, 0, 1));
        }

        Assert.Equal(
            TinyRuns.Results(runs.Run(options)), TinyRuns.Results(runs.RunUntil(long.MaxValue, folder, resume: true, options)!));
    }

    private static void ScaleTrainedTensors(string state, double factor)
    {
        using var scope = NewDisposeScope();
        using CheckpointFile file = CheckpointFile.Open(state);
        var tensors =
            file.Tensors.ToDictionary(t => t.Name,
                t => t.Name.StartsWith("model.", StringComparison.Ordinal) ? file.ReadTensor(t.Name) * factor : file.ReadTensor(t.Name));
        SafetensorsWriter.Write(state, tensors, file.Metadata, checksum: true);
    }

    [Fact]
    public void Run_LossNotFiniteFromTheStart_StopsWithOneLine()
    {
        RadaptException error =
            Assert.Throws<RadaptException>(() => runs.Run("method full", "optimizer sgd", "lr 1e30", "warmup-epochs 0"));
        Assert.StartsWith("The loss is", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
