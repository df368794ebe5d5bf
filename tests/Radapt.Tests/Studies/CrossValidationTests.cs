using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Tests.Training;

namespace Radapt.Tests.Studies;

/// <summary>Cross-validation as the library runs it, without a command line.</summary>
public sealed class CrossValidationTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const int Folds = 3;

    [Fact]
    public void Run_ThreeFolds_ScoresEveryImageOnceAndReportsEveryFold()
    {
        var progress = new Moments();
        string folder = runs.NewFolder();
        CrossValidationSummary summary = Study().Run(folder, progress: progress, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, Folds), progress.All.Where(p => p.IsComplete).Select(p => p.Fold));
        Assert.Equal(Folds * 2, progress.All.Count(p => p.Epoch is not null));
        Assert.All(progress.All, p => Assert.Equal(Folds, p.Folds));
        LabelledScores pooled = PredictionTable.Read(Path.Combine(folder, "predictions.csv"));
        Assert.Equal(40, pooled.Images.Distinct().Count());
        Assert.Equal(pooled.ComputeMetrics().MeanAuroc, summary.Pooled.MeanAuroc);

        RunRecord study = RunRecord.Read(folder)!;
        RunRecord[] folds = [.. Enumerable.Range(1, Folds).Select(f => RunRecord.Read(Path.Combine(folder, $"fold{f}"))!)];
        Assert.Equal((RunStatus.Complete, 40, Folds), (study.Status, study.Data!.Images, study.Folds!.Count));
        Assert.Equal(folds.Select(f => f.BestEpoch), study.Folds.BestEpochs!);
        RunFoldFigure mean = study.Folds.Auroc![RunFigures.Mean];
        Assert.Equal(folds.Select(f => f.Test!.Auroc[RunFigures.Mean]), mean.Values);
        Assert.Equal(mean.Values.Average(), mean.Mean);
        Assert.Equal(summary.Pooled.MeanAuroc, study.Test!.Auroc[RunFigures.Mean]);
    }

    [Fact]
    public void Run_CancelledInTheSecondFoldAndResumed_IsTheUndisturbedStudy()
    {
        string undisturbed = runs.NewFolder();
        Study().Run(undisturbed, cancellation: TestContext.Current.CancellationToken);
        string folder = runs.NewFolder();
        using var stop = new CancellationTokenSource();
        var stopping = new Moments(p =>
        {
            if (p is { Fold: 2, Epoch: not null })
            {
                stop.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Study().Run(folder, progress: stopping, cancellation: stop.Token));
        Assert.True(RunRecord.IsComplete(Path.Combine(folder, "fold1")));
        Assert.False(RunRecord.IsComplete(folder));

        var progress = new Moments();
        var resumed = new CrossValidation([RecipeFile.Read(Path.Combine(folder, "recipe.yaml"))]);
        resumed.Run(folder, resume: true, progress, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(progress.All, p => p is { Fold: 1, IsComplete: false });
        Assert.All(
            ["predictions.csv", "split.csv", "fold2/adapter.safetensors", "fold3/adapter.safetensors"],
            file => Assert.Equal(File.ReadAllBytes(Path.Combine(undisturbed, file)), File.ReadAllBytes(Path.Combine(folder, file))));
    }

    [Fact] // WORKFLOW B2
    public void Resume_DataChangedInTheFirstFold_IsRefusedBeforeTrainingAndGoesOnOnceRestored()
    {
        string undisturbed = runs.NewFolder();
        Study().Run(undisturbed, cancellation: TestContext.Current.CancellationToken);
        string folder = Stopped(fold: 1);
        Assert.Equal(RunStatus.Interrupted, RunRecord.Read(folder)!.Status);
        string table = Path.Combine(runs.Data, "labels.csv");
        string[] lines = File.ReadAllLines(table);
        string[][] changes =
        [
            [.. lines.Select((l, i) => i == 3 ? l[..^1] + (l[^1] == '1' ? '0' : '1') : l)], // a label
            [.. lines.Select((l, i) => i == 3 ? string.Join(',', l.Split(',').Select((c, n) => n == 1 ? "another" : c)) : l)], // a patient
            [.. lines.Where((_, i) => i != 3)], // an image
        ];
        try
        {
            foreach (string[] changed in changes)
            {
                File.WriteAllLines(table, changed);
                var progress = new Moments();
                RadaptException error = Assert.Throws<RadaptException>(() => Resume(folder, progress));
                Assert.Contains("images, labels or patients changed", error.Message, StringComparison.Ordinal);
                Assert.Contains("Restore what was there and resume", error.Message, StringComparison.Ordinal);
                Assert.Empty(progress.All);
            }
        }
        finally
        {
            File.WriteAllLines(table, lines);
        }

        Resume(folder, new Moments());
        AssertSame(undisturbed, folder);
    }

    [Theory] // WORKFLOW B3, of folds
    [InlineData("label-fraction 100%")]
    [InlineData("label-fraction 50%")] // an image that one fold does not learn from is tested in another
    public void Resume_ImageRepairedBetweenFolds_IsStillLeftOut(string fraction)
    {
        string image = Directory.GetFiles(Path.Combine(runs.Data, "images")).Order(StringComparer.Ordinal).ElementAt(5);
        byte[] sound = File.ReadAllBytes(image);
        try
        {
            File.WriteAllBytes(image, sound[..60]);
            string undisturbed = runs.NewFolder();
            Study(fraction).Run(undisturbed, cancellation: TestContext.Current.CancellationToken);
            string folder = Stopped(fold: 2, fraction);
            File.WriteAllBytes(image, sound);
            Resume(folder, new Moments());
            AssertSame(undisturbed, folder);
            Assert.Equal(39, PredictionTable.Read(Path.Combine(folder, "predictions.csv")).Images.Count);
            Assert.Equal(1, RunRecord.Read(folder)!.Data!.Pixels!.Unreadable);
        }
        finally
        {
            File.WriteAllBytes(image, sound);
        }
    }

    [Fact]
    public void Run_PixelsOfAllFolds_AreDecodedOnceForAll()
    {
        string folder = runs.NewFolder();
        Study().Run(folder, cancellation: TestContext.Current.CancellationToken);
        double?[] seconds = [.. Enumerable.Range(1, Folds)
            .Select(f => RunRecord.Read(Path.Combine(folder, $"fold{f}"))!.Data!.Pixels!.Seconds)];
        Assert.NotNull(seconds[0]);
        Assert.All(seconds, s => Assert.Equal(seconds[0], s)); // what the first fold's look said
    }

    private string Stopped(int fold, params string[] options)
    {
        string folder = runs.NewFolder();
        using var stop = new CancellationTokenSource();
        var stopping = new Moments(p =>
        {
            if (p.Fold == fold && p.Epoch is not null)
            {
                stop.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Study(options).Run(folder, progress: stopping, cancellation: stop.Token));
        return folder;
    }

    private static void Resume(string folder, Moments progress) =>
        new CrossValidation([RecipeFile.Read(Path.Combine(folder, "recipe.yaml"))])
            .Run(folder, resume: true, progress, TestContext.Current.CancellationToken);

    private static void AssertSame(string expected, string folder) => Assert.All(
        ["predictions.csv", "split.csv", "fold1/adapter.safetensors", "fold2/adapter.safetensors", "fold3/adapter.safetensors"],
        file => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, file)), File.ReadAllBytes(Path.Combine(folder, file))));

    private CrossValidation Study(params string[] options) =>
        new([runs.Layer(["folds 3", "epochs 2", $"data {Path.Combine(runs.Data, "labels.csv")}", .. options])]);

    private sealed class Moments(Action<FoldProgress>? onReport = null) : IProgress<FoldProgress>
    {
        public List<FoldProgress> All { get; } = [];

        public void Report(FoldProgress value)
        {
            All.Add(value);
            onReport?.Invoke(value);
        }
    }
}
