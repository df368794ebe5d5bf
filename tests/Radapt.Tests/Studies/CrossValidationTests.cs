using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Tests.Training;
using Radapt.Training;

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

    private CrossValidation Study() => new([runs.Layer("folds 3", "epochs 2", $"data {Path.Combine(runs.Data, "labels.csv")}")]);

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
