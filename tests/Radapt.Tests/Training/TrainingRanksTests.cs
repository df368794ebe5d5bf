using Radapt.Distribution;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Tests.Distribution;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>The loop on several ranks: every rank ends with the bits of one process that accumulates the same batches.</summary>
public sealed class TrainingRanksTests : IDisposable
{
    private static readonly (double X, double Y, double Weight)[] s_points =
        [(-1, -1, 1), (0, 1, 3), (1, 3, 2), (2, 5, 1), (0.5, 4, 0.1), (0.3, 2, 0.7), (-0.7, 0, 1.3)];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(2, 2)] // the last update of an epoch has one batch: rank 1 has nothing to do
    [InlineData(3, 3)]
    [InlineData(2, 4)] // two rounds an update
    [InlineData(3, 7)]
    [InlineData(2, 5)] // the ranks do not divide the update
    public void Run_Ranks_EqualOneProcessThatAccumulates(int ranks, int accumulate)
    {
        TrainingSettings settings = Settings(5) with { Accumulate = accumulate, ClipGradients = 0.9 };
        using var alone = new LineTask(s_points);
        TrainerState expected = Run(SingleProcess.Instance, alone, settings);
        var lines = new double[ranks][];
        var states = new TrainerState[ranks];
        var steps = new List<long>[ranks];
        List<double[]>? saved = null;
        ThreadGroup.Run(ranks, group =>
        {
            using var task = new LineTask(s_points);
            states[group.Rank] = Run(group, task, settings);
            (lines[group.Rank], steps[group.Rank]) = (task.Values(), task.Steps);
            saved = group.Rank == 0 ? task.Saved : saved;
        }).ToList().ForEach(Assert.Null);
        Assert.All(lines, l => Assert.Equal(alone.Values(), l));
        Assert.Equal(alone.Saved, saved);
        Assert.Equal(expected.History.Select(Timeless), states[0].History.Select(Timeless));
        Assert.All(states, s => Assert.Equal((expected.BestEpoch, expected.BestScore, expected.Step, expected.Updates),
            (s.BestEpoch, s.BestScore, s.Step, s.Updates)));
        Assert.Equal(alone.Steps, steps.SelectMany(s => s).Order()); // the keys of dropout; each batch is computed once
    }

    [Fact]
    public void Run_Rank1IsToldToStop_AllStopAfterTheSameUpdateAndAnyNumberResumes()
    {
        TrainingSettings settings = Settings(4) with { Accumulate = 2 };
        using var undisturbed = new LineTask(s_points);
        Run(SingleProcess.Instance, undisturbed, settings);
        string folder = _folder["stopped"];
        var updates = new long[2];
        using var stop = new CancellationTokenSource();
        Exception?[] errors = ThreadGroup.Run(2, group =>
        {
            using var task = new LineTask(s_points);
            Run(group, task, settings, folder, group.Rank == 1 ? stop.Token : CancellationToken.None, update =>
            {
                updates[group.Rank] = update;
                if (group.Rank == 1 && update == 6)
                {
                    stop.Cancel();
                }
            });
        });
        Assert.All(errors, e => Assert.IsAssignableFrom<OperationCanceledException>(e));
        Assert.Equal([7, 7], updates); // the one during which it was told
        using var resumed = new LineTask(s_points);
        Run(SingleProcess.Instance, resumed, settings, folder);
        Assert.Equal(undisturbed.Values(), resumed.Values());
    }

    [Fact]
    public void Run_LossOfRank1IsNotFinite_Rank0SaysWhere()
    {
        Exception?[] errors = ThreadGroup.Run(2, group =>
        {
            using var task = new LineTask([(0, 1, 1), (double.NaN, 1, 1)]);
            Run(group, task, Settings(1) with { Accumulate = 2 });
        });
        Assert.Contains("The loss is NaN in epoch 1, batch 2", Assert.IsType<RadaptException>(errors[0]).Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<OperationCanceledException>(errors[1]);
    }

    [Fact]
    public void Run_BatchOfRank1CannotBeRead_Rank0SaysWhichAndWhy()
    {
        Exception?[] errors = ThreadGroup.Run(2, group =>
        {
            using var task = new LineTask(s_points) { BadBatch = 3 };
            Run(group, task, Settings(1) with { Accumulate = 2 });
        });
        Assert.Matches(@"^rank 1 of 2 \(on .+\): point 3 cannot be read$", Assert.IsType<RadaptException>(errors[0]).Message);
        Assert.IsAssignableFrom<OperationCanceledException>(errors[1]);
    }

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Settings(int epochs) => new() { Epochs = epochs, LearningRate = new LearningRate(0.05, 0.05, 0, 1) };

    private static string Timeless(EpochResult e) => $"{e.Epoch} {e.Updates} {e.TrainLoss:R} {e.Figure("error"):R} {e.Best}";

    private TrainerState Run(IProcessGroup group, LineTask task, TrainingSettings settings, string? folder = null,
        CancellationToken? cancellation = null, Action<long>? onUpdate = null)
    {
        var run = new RunFolder(folder ?? _folder[Guid.NewGuid().ToString("N")]);
        Directory.CreateDirectory(run.StateFolder);
        using Optimizer optimizer = Optimizer.Create(
            new OptimizerSettings { Kind = OptimizerKind.AdamW, WeightDecay = 0.1, Depth = 1, Threads = 1 }, task.Trained);
        SavedState? saved = group.Rank == 0 ? new SavedState(run, task.Trained, optimizer, null) : null;
        var loop = new TrainingLoop<LineTask.Point>(task, settings, optimizer, saved)
        {
            Group = group,
            Replicas = group.Size == 1 ? null
                : new Replicas(group, [.. SavedState.Tensors(task.Trained, optimizer, null, null).Select(t => t.Tensor)]),
            OnUpdate = (updates, _, _) => onUpdate?.Invoke(updates),
        };
        var fresh = new TrainerState();
        task.Saved.Add([]); // so that a resumed run has a best epoch
        TrainerState start = saved is { Exists: true } ? saved.Resume(fresh.Identity, task) : fresh;
        task.Saved.Clear();
        return loop.Run(start, cancellation ?? TestContext.Current.CancellationToken);
    }
}
