using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>The loop by itself, training something that has neither images nor labels.</summary>
public sealed class TrainingLoopTests : IDisposable
{
    private const double Rate = 0.05;

    // y = 2 x + 1, the last point doubtful.
    private static readonly (double X, double Y, double Weight)[] s_points = [(-1, -1, 1), (0, 1, 3), (1, 3, 2), (2, 5, 1), (0.5, 4, 0.1)];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_TaskWithoutLabels_LearnsTheLineAndKeepsTheBest()
    {
        using var task = new LineTask(s_points[..4]);
        TrainerState state = Run(task, Settings(epochs: 200) with { Accumulate = 4, LearningRate = Constant(0.2) });
        Assert.Equal(2, task.Values()[0], 1e-3);
        Assert.Equal(1, task.Values()[1], 1e-3);
        Assert.Equal(200, state.Epoch);
        EpochResult best = state.History[state.BestEpoch - 1];
        Assert.True(best.Best);
        Assert.Equal(state.BestScore, -best.Figure("error"));
        Assert.Equal(state.History.Min(e => e.Figure("error")), best.Figure("error"));
        Assert.Equal(state.History.Count(e => e.Best), task.Saved.Count);
    }

    [Theory] // M14: an update is the mean over the weight of all its samples, however these are divided among batches
    [InlineData(5)]
    [InlineData(2)] // the last update of an epoch has a single batch
    public void Run_Accumulation_StepsAlongTheWeightedMean(int accumulate)
    {
        using var task = new LineTask(s_points);
        Run(task, Settings(epochs: 2) with { Accumulate = accumulate });
        (double slope, double offset) = (0, 0);
        foreach ((double X, double Y, double Weight)[] update in Enumerable.Repeat(s_points.Chunk(accumulate), 2).SelectMany(u => u))
        {
            double weight = update.Sum(p => p.Weight);
            double Mean(Func<double, double> factor) =>
                update.Sum(p => p.Weight * 2 * ((slope * p.X) + offset - p.Y) * factor(p.X)) / weight;
            (slope, offset) = (slope - (Rate * Mean(x => x)), offset - (Rate * Mean(_ => 1)));
        }

        Assert.Equal(slope, task.Values()[0], 1e-6);
        Assert.Equal(offset, task.Values()[1], 1e-6);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), task.Steps);
    }

    [Fact]
    public void Run_TaskThatMeasuresNothing_KeepsTheLastEpochAndNeverStopsEarly()
    {
        using var task = new LineTask(s_points) { Measures = false };
        TrainerState state = Run(task, Settings(epochs: 4) with { Patience = 1 });
        Assert.Equal((4, 4, (double?)null), (state.Epoch, state.BestEpoch, state.BestScore));
        Assert.Equal(task.Values(), task.Saved[^1]);
        Assert.All(state.History, e => Assert.Empty(e.Figures));
    }

    [Fact]
    public void Run_StoppedWithinAnEpochAndResumed_IsTheUndisturbedRun()
    {
        using var undisturbed = new LineTask(s_points);
        TrainerState expected = Run(undisturbed, Settings(epochs: 3) with { Accumulate = 2 });

        string folder = _folder["stopped"];
        using var stop = new CancellationTokenSource();
        using var first = new LineTask(s_points);
        Assert.Throws<OperationCanceledException>(() => Run(
            first, Settings(epochs: 3) with { Accumulate = 2 }, folder, onUpdate: update => Stop(update == 5), stop: stop));
        using var second = new LineTask(s_points);
        second.Saved.AddRange(first.Saved);
        TrainerState state = Run(second, Settings(epochs: 3) with { Accumulate = 2 }, folder);
        Assert.Equal(undisturbed.Values(), second.Values());
        Assert.Equal(undisturbed.Saved, second.Saved);
        Assert.Equal(undisturbed.Steps, first.Steps.Concat(second.Steps));
        Assert.Equal(expected.History.Select(Timeless), state.History.Select(Timeless));

        void Stop(bool now)
        {
            if (now)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Run_LossThatIsNotFinite_SaysWhere()
    {
        using var task = new LineTask([(0, 1, 1), (double.NaN, 1, 1)]);
        RadaptException error = Assert.Throws<RadaptException>(() => Run(task, Settings(epochs: 1)));
        Assert.Contains("The loss is NaN in epoch 1, batch 2", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Settings(int epochs) => new() { Epochs = epochs, LearningRate = Constant(Rate) };

    private static LearningRate Constant(double rate) => new(rate, rate, 0, 1);

    private static string Timeless(EpochResult e) => $"{e.Epoch} {e.Updates} {e.TrainLoss:R} {e.Figure("error"):R} {e.Best}";

    private TrainerState Run(
        LineTask task, TrainingSettings settings, string? folder = null,
        Action<long>? onUpdate = null, CancellationTokenSource? stop = null)
    {
        var run = new RunFolder(folder ?? _folder[Guid.NewGuid().ToString("N")]);
        Directory.CreateDirectory(run.StateFolder);
        using Optimizer optimizer = Optimizer.Create(new OptimizerSettings { Kind = OptimizerKind.Sgd, Momentum = 0 }, task.Trained);
        var saved = new SavedState(run, task.Trained, optimizer, null);
        var loop = new TrainingLoop<LineTask.Point>(task, settings, optimizer, saved)
        {
            OnUpdate = (updates, _, _) => onUpdate?.Invoke(updates),
        };
        var fresh = new TrainerState();
        return loop.Run(saved.Exists ? saved.Resume(fresh.Identity, task) : fresh, stop?.Token ?? TestContext.Current.CancellationToken);
    }
}
