using System.Diagnostics;
using Radapt.Batching;
using Radapt.Distribution;
using Radapt.Models;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>
/// Epochs, accumulation, learning rate, clipping, hooks of the method, validation, the best epoch kept, early stopping, and a state that a
/// resumed run goes on from. What is trained, and by which loss, is the task's. All arguments belong to the caller. Several processes may
/// train together: the batches of an update are divided among them, and the result is that of one process, bit for bit.
/// </summary>
/// <typeparam name="TBatch">What one forward pass of the task reads.</typeparam>
internal sealed class TrainingLoop<TBatch>
    where TBatch : IBatch
{
    private static readonly TimeSpan s_saveInterval = TimeSpan.FromMinutes(2);

    private readonly ITrainingTask<TBatch> _task;
    private readonly TrainingSettings _settings;
    private readonly Optimizer _optimizer;
    private readonly SavedState? _saved;
    private readonly ProgressClock _clock;
    private readonly Stopwatch _sinceSave = Stopwatch.StartNew();
    private GradientSum? _sum; // null: there is one process
    private TrainerState _state = new();

    // What the trained tensors belong to, and so what is saved. Gradients that wait for the rest of their update are not saved: a resumed
    // run begins that update again.
    private TrainerState _atUpdate = new();

    /// <param name="task">What is trained.</param>
    /// <param name="settings">How.</param>
    /// <param name="optimizer">Over the task's tensors.</param>
    /// <param name="saved">Saves them and the optimizer's state; null: rank 0 does.</param>
    /// <param name="progress">Told how it goes.</param>
    public TrainingLoop(
        ITrainingTask<TBatch> task, TrainingSettings settings, Optimizer optimizer, SavedState? saved,
        IProgress<TrainingProgress>? progress = null)
    {
        (_task, _settings, _optimizer, _saved) = (task, settings, optimizer, saved);
        _clock = new ProgressClock(progress, settings);
    }

    /// <summary>
    /// The processes that train together. Each computes some of the batches of an update, already divided by the weight of the whole
    /// update, so that the sum over all of them is the gradient.
    /// </summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    /// <summary>What is equal in all of these processes; null: there is one.</summary>
    public Replicas? Replicas { get; init; }

    /// <summary>Called after every update with the number of updates, the loss of its last batch and the learning rate.</summary>
    public Action<long, double, double>? OnUpdate { get; init; }

    /// <summary>
    /// Called after every epoch before its state is saved: files of that epoch written here are there whenever its state is, since a kill
    /// in between repeats the epoch.
    /// </summary>
    public Action<EpochResult>? BeforeSave { get; init; }

    /// <summary>Called after every epoch.</summary>
    public Action<EpochResult>? OnEpoch { get; init; }

    /// <summary>The mean over the last epochs, which is what is measured and kept then; null: the tensors as they are.</summary>
    public WeightAverage? Average { get; init; }

    private int BatchesPerEpoch => _task.BatchesPerEpoch;

    private long AllUpdates => (long)_settings.Epochs * ((BatchesPerEpoch + _settings.Accumulate - 1) / _settings.Accumulate);

    /// <summary>Trains to the end, or to early stopping.</summary>
    /// <param name="start">The position of the run: a new state, or one that <see cref="SavedState.Resume"/> restored.</param>
    /// <param name="cancellation">Stops after the current update.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the state at the last update is saved.</exception>
    /// <exception cref="RadaptException">The loss is not finite, or the state cannot be saved.</exception>
    public TrainerState Run(TrainerState start, CancellationToken cancellation)
    {
        _state = _atUpdate = start;
        _sum = Group.Size == 1 ? null : new GradientSum(Group, _task.Trained);
        try
        {
            while (_state.Epoch < _settings.Epochs && !_state.Stopped)
            {
                EpochResult result = TrainEpoch(cancellation);
                Average?.Add(result.Epoch);
                bool validates = result.Epoch % _settings.ValidateEvery == 0 || result.Epoch == _settings.Epochs;
                FinishEpoch(validates ? Validate(result, cancellation) : result);
            }
        }
        catch (OperationCanceledException)
        {
            Save(withBest: false);
            throw;
        }

        return _state;
    }

    private EpochResult TrainEpoch(CancellationToken cancellation)
    {
        _clock.Start(TrainingPhase.Training, _state, BatchesPerEpoch, _task.ValidationBatches);
        int samples = 0;
        bool stops = false;

        // Other ranks do not stop by themselves: rank 0 would wait for them. They say in their reports that they were asked to.
        CancellationToken interruption = Group.Rank == 0 ? cancellation : CancellationToken.None;
        using IEnumerator<TBatch> batches = _task.Batches(_state.Epoch, _state.Batch, interruption, IsOwn).GetEnumerator();
        UpdateExtent update = default;
        while (_state.Batch < BatchesPerEpoch)
        {
            if (_state.Batch % _settings.Accumulate == 0)
            {
                update = ExtentOfUpdate();
            }

            BatchReport[] reports = ComputeRound(batches, update, cancellation);
            foreach (BatchReport report in reports)
            {
                samples += report.Samples;
                double loss = RequireFinite(report.Loss);
                _state = _state with { Batch = _state.Batch + 1, Step = _state.Step + 1, LossSum = _state.LossSum + loss };
            }

            _sum?.Add();

            stops |= reports.Any(r => r.IsInterrupted);
            if (_state.Batch % _settings.Accumulate == 0 || _state.Batch == BatchesPerEpoch)
            {
                _sum?.Finish();
                double rate = Update();
                OnUpdate?.Invoke(_state.Updates, reports[^1].Loss, rate);
                if (_saved is not null && _sinceSave.Elapsed > s_saveInterval)
                {
                    Save(withBest: false);
                }

                if (stops || (Group.Size == 1 && cancellation.IsCancellationRequested))
                {
                    throw new OperationCanceledException(cancellation);
                }
            }

            _clock.Report(_state, _state.Batch, samples);
        }

        return new EpochResult
        {
            Epoch = _state.Epoch + 1,
            Updates = _state.Updates,
            TrainLoss = _state.LossSum / BatchesPerEpoch,
            LearningRate = _state.LearningRate,
            ImagesPerSecond = samples / _clock.Seconds,
            Seconds = _clock.Seconds,
        };
    }

    // The batches of an update are dealt out to the ranks, from the first rank on.
    private bool IsOwn(int batch) => batch % _settings.Accumulate % Group.Size == Group.Rank;

    /// <summary>The next batches of the update, one on each rank; the last ranks have none where too few are left.</summary>
    /// <returns>The reports of the ranks that had a batch, in the order of the batches.</returns>
    private BatchReport[] ComputeRound(IEnumerator<TBatch> batches, UpdateExtent update, CancellationToken cancellation)
    {
        int left = Math.Min(_settings.Accumulate - (_state.Batch % _settings.Accumulate), BatchesPerEpoch - _state.Batch);
        int computing = Math.Min(Group.Size, left);
        BatchReport own = default;
        RadaptException? failure = null;
        try
        {
            if (Group.Rank < computing)
            {
                own = Compute(batches, update);
            }
        }
        catch (RadaptException e) when (Group.Size > 1)
        {
            (own, failure) = (new BatchReport(0, 0, HasFailed: true, IsInterrupted: false), e);
        }

        BatchReport[] reports = Group.Meet(own with { IsInterrupted = cancellation.IsCancellationRequested });
        Group.ThrowFirst(reports.Any(r => r.HasFailed), failure);
        return reports[..computing];
    }

    private BatchReport Compute(IEnumerator<TBatch> batches, UpdateExtent update)
    {
        if (!batches.MoveNext())
        {
            throw new InvalidOperationException("The task has fewer batches than it says.");
        }

        using TBatch batch = batches.Current;
        double loss = _task.Backward(batch, new ForwardPass(true, _settings.Seed, _state.Step + Group.Rank), update);
        return new BatchReport(loss, batch.Count, HasFailed: false, IsInterrupted: false);
    }

    // The last update of an epoch may have fewer batches than the others. It is the mean over them anyway.
    private UpdateExtent ExtentOfUpdate()
    {
        int batches = Math.Max(1, Math.Min(_settings.Accumulate, BatchesPerEpoch - _state.Batch));
        return new UpdateExtent(_task.Weight(_state.Epoch, _state.Batch, batches), batches);
    }

    /// <summary>All gradients of the update are there: changes the tensors by them and returns the learning rate.</summary>
    private double Update()
    {
        if (_settings.ClipGradients > 0)
        {
            _optimizer.ClipGradients(_settings.ClipGradients);
        }

        int first = (_state.Batch - 1) / _settings.Accumulate * _settings.Accumulate; // the rate is that of the update's first batch
        double rate = _settings.LearningRate.At(_state.Epoch + (first / (double)BatchesPerEpoch));
        long update = _optimizer.Updates;
        _task.Schedule?.BeforeUpdate(update, AllUpdates);
        _optimizer.Step(rate);
        _task.Schedule?.AfterUpdate(update, AllUpdates);
        _state = _atUpdate = _state with { Updates = _optimizer.Updates, LearningRate = rate };
        return rate;
    }

    private double RequireFinite(double loss) => double.IsFinite(loss) ? loss
        : Group.Rank > 0 ? throw new OperationCanceledException("Rank 0 reports the loss.") : throw new RadaptException(
        $"The loss is {loss} in epoch {_state.Epoch + 1}, batch {_state.Batch + 1}, at learning rate "
            + $"{_state.LearningRate:g3}: training stopped"
        + (_saved is { Exists: true } ? $"; the last good state is in {_saved.Folder.Path}" : "") + ". Lower --lr or set --clip-grad 1.");

    private EpochResult Validate(EpochResult result, CancellationToken cancellation)
    {
        _clock.Start(TrainingPhase.Validation, _state, _task.ValidationBatches, 0);
        using IDisposable? used = Average?.Use(result.Epoch);
        ValidationResult? measured = _task.Validate((batches, done) => _clock.Report(_state, batches, done),
            Group.Rank == 0 ? cancellation : CancellationToken.None);
        double? measuredScore = Group.Meet((HasScore: measured?.Score is not null, Score: measured?.Score ?? 0))[0] is (true, var first)
            ? first : null; // that of rank 0: what is best must not depend on how the processor of a rank rounds
        bool best = measuredScore is not { } score || _state.BestScore is null || score > _state.BestScore;
        _state = _state with
        {
            BestEpoch = best || !_settings.KeepsBest ? result.Epoch : _state.BestEpoch,
            BestScore = best ? measuredScore : _state.BestScore,
            SinceBest = best ? 0 : _state.SinceBest + 1,
        };
        if (measured is null)
        {
            return result with { Best = true };
        }

        _clock.Validated(measured.Figures, _state.BestScore);
        return result with { Figures = measured.Figures, Best = best };
    }

    private void FinishEpoch(EpochResult result)
    {
        _state = _state with
        {
            Epoch = result.Epoch,
            Batch = 0,
            LossSum = 0,
            History = [.. _state.History, result],
            Stopped = _settings.Patience > 0 && _state.SinceBest >= _settings.Patience && result.Epoch < _settings.Epochs,
        };
        _atUpdate = _state;
        Replicas?.Synchronise();
        BeforeSave?.Invoke(result);
        Save(withBest: _state.BestEpoch == result.Epoch);
        OnEpoch?.Invoke(result);
    }

    private void Save(bool withBest)
    {
        if (_saved is null)
        {
            return;
        }

        try
        {
            if (withBest)
            {
                // Before the state: a kill in between repeats this epoch and writes the same tensors again.
                _task.Best?.Save(_atUpdate.Epoch);
            }

            _saved.Save(_atUpdate);
            _saved.Folder.WriteMetrics(_atUpdate.History);
            _sinceSave.Restart();
        }
        catch (RadaptException e) when (_saved.Exists)
        {
            throw new RadaptException(
                $"{e.Message} The run is kept as it was last saved. After fixing the cause, resume it with --resume --out {_saved.Folder.Path}.",
                    e);
        }
    }

    /// <summary>What a rank says of the batch that it computed.</summary>
    private readonly record struct BatchReport(double Loss, int Samples, bool HasFailed, bool IsInterrupted);
}
