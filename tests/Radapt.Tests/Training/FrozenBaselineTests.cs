using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>Ridge regression on frozen features, measured beside a fine-tuning.</summary>
public sealed class FrozenBaselineTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    /// <summary>The baseline of a run is what the method gives by itself, whatever the run trains.</summary>
    [Theory]
    [InlineData("method lora")]
    [InlineData("method vpt")]
    [InlineData("method full")]
    [InlineData("pooling class-token")]
    public void Run_BaselineOn_GivesTheFiguresOfTheMethodItself(string option)
    {
        RunSummary run = runs.Run("baseline on", option);
        string pooling = option.StartsWith("pooling", StringComparison.Ordinal) ? option : "augment none";
        RunSummary ridge = runs.Run("method ridge", pooling);

        RunBaseline baseline = RunRecord.Read(run.Folder)!.Baseline!;
        Assert.Equal("ridge", baseline.Method);
        Assert.Equal(ridge.Val.MeanAuroc, baseline.Val!.Auroc[RunFigures.Mean]);
        Assert.Equal(ridge.Test!.MeanAuroc, baseline.Test!.Auroc[RunFigures.Mean]);
        Assert.Equal(ridge.Probe!.Chosen, baseline.Probe!.Chosen);
    }

    /// <summary>Training is the same with it and without.</summary>
    [Fact]
    public void Run_BaselineOnOrOff_TrainsTheSame() =>
        Assert.Equal(TinyRuns.Results(runs.Run("baseline on")), TinyRuns.Results(runs.Run("baseline off")));

    [Fact]
    public void Run_Resumed_KeepsTheBaselineItBeganWith()
    {
        string folder = runs.NewFolder();
        Assert.Null(runs.RunUntil(2, folder, resume: false, "baseline on"));
        RunBaseline began = RunRecord.Read(folder)!.Baseline!;
        using FineTuning rest = runs.Prepare("baseline on");
        bool measured = false;
        rest.Run(folder, resume: true, new Watcher(p => measured |= p.Phase == TrainingPhase.Baseline),
            cancellation: TestContext.Current.CancellationToken);
        Assert.False(measured);
        Assert.Equal(began.Test!.Auroc, RunRecord.Read(folder)!.Baseline!.Test!.Auroc);
    }

    /// <summary>
    /// The baseline reads 40 images once. An epoch costs two passes of 24 images; validation reads 8 images every third epoch, and once
    /// more at the end: 160 passes with 3 epochs, 1,528 with 30.
    /// </summary>
    [Theory]
    [InlineData("epochs 3", false, "25 %")]
    [InlineData("epochs 30", true, "3 %")]
    [InlineData("method ridge", false, null)]
    public void Prepare_Auto_DependsOnItsShareOfTheRun(string option, bool expected, string? share)
    {
        using FineTuning run = runs.Prepare(option, "validate-every 3");
        Assert.Equal(expected, run.Recipe.Validation.Baseline);
        ResolvedValue? value = run.Resolved.Values.SingleOrDefault(v => v.Name == "baseline");
        Assert.Equal(share is not null, value is not null);
        Assert.Contains(share ?? "", value?.Reason ?? "", StringComparison.Ordinal);
    }

    private sealed class Watcher(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
