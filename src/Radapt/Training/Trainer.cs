using System.Diagnostics;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// The training loop: batches -> loss -> gradients -> update, validation, the best epoch's tensors kept, state saved for resume.
/// It owns the optimizer; classifier and data belong to the caller.
/// </summary>
internal sealed class Trainer : IDisposable
{
    private static readonly TimeSpan s_saveInterval = TimeSpan.FromMinutes(2);

    /// <summary>Time between progress reports.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    private readonly Recipe _recipe;
    private readonly Classifier _classifier;
    private ImageBatches _train;
    private ImageBatches _val;
    private readonly Augmentation _augmentation;
    private readonly RunFolder _folder;
    private readonly Optimizer _optimizer;
    private readonly ITrainingSchedule? _schedule; // of the adaptation method
    private readonly LearningRate _learningRate;
    private readonly Tensor? _posWeight;
    private readonly IReadOnlyList<(string Name, Tensor Tensor)> _trained;
    private readonly Stopwatch _sinceSave = Stopwatch.StartNew();
    private readonly ProgressClock _clock;
    private TrainerState _state = new();
    private TrainerState _atUpdate = new(); // what the trained tensors belong to: gradients that wait for an update are not saved

    public Trainer(Recipe recipe, Classifier classifier, ImageBatches train, ImageBatches val, RunFolder folder, IProgress<TrainingProgress>? progress)
    {
        (_recipe, _classifier, _train, _val, _folder) = (recipe, classifier, train, val, folder);
        _augmentation = AugmentationNames.Parse(recipe.Augment);
        _trained = [.. classifier.Trained()];
        _optimizer = Optimizer.Create(recipe, _trained, classifier.Encoder.Kernels.Path);
        _schedule = classifier.Adapters?.Schedule;
        _learningRate = new LearningRate(recipe.Lr, recipe.MinLr, recipe.WarmupEpochs, recipe.Epochs);
        _posWeight = PositiveWeights.Resolve(recipe.PosWeight, train.Images)?.to(classifier.Encoder.cls_token.device).DetachFromDisposeScope();
        _clock = new ProgressClock(progress, recipe, ReportInterval);
    }

    /// <summary>Called after every validated epoch that is the best so far, to save its tensors.</summary>
    public required Action<TrainerState> OnBest { get; init; }

    /// <summary>Called after every epoch.</summary>
    public Action<EpochResult>? OnEpoch { get; init; }

    /// <summary>Called after every update with the number of updates, the batch loss and the learning rate.</summary>
    public Action<long, double, double>? OnUpdate { get; init; }

    /// <summary>Called first by <see cref="Run"/>: what to train and validate on in place of the batches given; the data stay the same.</summary>
    public Func<CancellationToken, (ImageBatches Train, ImageBatches Val)>? OnStart { get; init; }

    /// <summary>Makes sure that the tensors of the best epoch so far are there. Called by <see cref="Resume"/> where there is one.</summary>
    public Action? RequireBest { get; init; }

    /// <summary>Goes on where the folder's state stands.</summary>
    /// <param name="identity">What decides the run now.</param>
    /// <exception cref="RadaptException">The state is damaged, something that decides the run is another than when it began, or its best epoch is lost.</exception>
    public void Resume(RunIdentity identity)
    {
        _state = _atUpdate = _folder.LoadState(_trained, _optimizer, _schedule, identity);
        if (_state.BestEpoch == 0)
        {
            return;
        }

        try
        {
            RequireBest?.Invoke();
        }
        catch (RadaptException e)
        {
            if (_state.Batch > 0 || _state.BestEpoch < _state.Epoch)
            {
                throw new RadaptException(
                    $"{e.Message.TrimEnd('.')}. It held the best epoch so far ({_state.BestEpoch}), which --resume cannot make again: restore it from a backup, "
                    + $"or start afresh with --recipe {_folder.Recipe} and another --out.", e);
            }

            OnBest(_state); // the state is of that very epoch
        }
    }

    /// <summary>Trains to the end, or to early stopping, from wherever the state stands.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the state at the last update is saved.</exception>
    public TrainerState Run(RunIdentity identity, CancellationToken cancellation)
    {
        _state = _atUpdate = _state with { Identity = identity };
        try
        {
            (_train, _val) = OnStart?.Invoke(cancellation) ?? (_train, _val);
            while (_state.Epoch < _recipe.Epochs && !_state.Stopped)
            {
                EpochResult result = TrainEpoch(cancellation);
                bool validates = result.Epoch % _recipe.ValidateEvery == 0 || result.Epoch == _recipe.Epochs;
                FinishEpoch(validates ? Validate(result, cancellation) : result);
            }
        }
        catch (OperationCanceledException)
        {
            SaveState();
            throw;
        }

        return _state;
    }

    /// <summary>Time of one update after a warm-up, from real batches; nothing is changed by it.</summary>
    public TimeSpan TimeOfOneBatch(CancellationToken cancellation)
    {
        var watch = new Stopwatch();
        int done = 0;
        foreach (ImageBatch batch in _train.Training(_augmentation, _recipe.Seed, epoch: 0, startBatch: 0, cancellation))
        {
            watch.Restart();
            using (batch)
            {
                ForwardBackward(batch, step: 0, batch.Count * _train.Images.Findings.Count, batches: 1);
                _optimizer.ClearGradients();
            }

            if (++done == 2)
            {
                break;
            }
        }

        return watch.Elapsed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _posWeight?.Dispose();
    }

    private EpochResult TrainEpoch(CancellationToken cancellation)
    {
        int count = _train.BatchesPerEpoch;
        _clock.Start(TrainingPhase.Training, _state, count, _val.EvaluationBatches);
        (int images, int known) = (0, 0);
        foreach (ImageBatch batch in _train.Training(_augmentation, _recipe.Seed, _state.Epoch, _state.Batch, cancellation))
        {
            double loss;
            if (_state.Batch % _recipe.Accumulate == 0)
            {
                known = _train.KnownLabels(_recipe.Seed, _state.Epoch, _state.Batch, _recipe.Accumulate);
            }

            using (batch)
            {
                loss = ForwardBackward(batch, _state.Step, known, BatchesOfThisUpdate());
                images += batch.Count;
            }

            int done = _state.Batch + 1;
            _state = _state with { Batch = done, Step = _state.Step + 1, LossSum = _state.LossSum + loss };
            bool updates = done % _recipe.Accumulate == 0 || done == count;
            if (updates)
            {
                int first = (done - 1) / _recipe.Accumulate * _recipe.Accumulate; // the rate is that of the update's first batch
                double rate = _learningRate.At(_state.Epoch + (first / (double)count));
                if (_recipe.ClipGrad > 0)
                {
                    _optimizer.ClipGradients(_recipe.ClipGrad);
                }

                long update = _optimizer.Updates;
                _schedule?.BeforeUpdate(update, AllUpdates);
                _optimizer.Step(rate);
                _schedule?.AfterUpdate(update, AllUpdates);
                _state = _atUpdate = _state with { Updates = _optimizer.Updates, LearningRate = rate };
                OnUpdate?.Invoke(_state.Updates, loss, rate);
                if (_sinceSave.Elapsed > s_saveInterval)
                {
                    SaveState();
                }

                cancellation.ThrowIfCancellationRequested();
            }

            _clock.Report(_state, done, images);
        }

        return new EpochResult
        {
            Epoch = _state.Epoch + 1,
            Updates = _state.Updates,
            TrainLoss = _state.LossSum / count,
            LearningRate = _state.LearningRate,
            ImagesPerSecond = images / _clock.Seconds,
            Seconds = _clock.Seconds,
        };
    }

    // The gradient of an update is that of the mean over all its known labels, however its images are shared out among batches.
    private double ForwardBackward(ImageBatch batch, long step, int knownOfUpdate, int batches)
    {
        using var scope = NewDisposeScope();
        var pass = new ForwardPass(true, _recipe.Seed, step);
        double value = 0;
        if (_recipe.Recompute && batch.FirstBlock != _recipe.Depth)
        {
            Recomputation.ForwardBackward(_classifier, Scoring.ToTensor(batch, _classifier), batch.FirstBlock, pass, Objective);
        }
        else
        {
            Objective(Scoring.Forward(_classifier, batch, pass)).backward();
        }

        return value;

        Tensor Objective(Tensor logits) // (B, F) -> scalar
        {
            (Tensor sum, int known) = MaskedLoss.Sum(logits, batch.Labels.AsSpan(0, batch.Count * _train.Images.Findings.Count), _posWeight);
            value = sum.item<float>() / Math.Max(1, known);
            Tensor share = sum.DividedBy(Math.Max(1, knownOfUpdate));
            return double.IsFinite(value) ? (_schedule is null ? share : share.Plus(_schedule.Penalty().DividedBy(batches))) : throw new RadaptException(
                $"The loss is {value} in epoch {_state.Epoch + 1}, batch {_state.Batch + 1}, at learning rate {_state.LearningRate:g3}: training stopped"
                + (_folder.HasState ? $"; the last good state is in {_folder.Path}" : "") + ". Lower --lr or set --clip-grad 1.");
        }
    }

    private long AllUpdates => (long)_recipe.Epochs * ((_train.BatchesPerEpoch + _recipe.Accumulate - 1) / _recipe.Accumulate);

    // An epoch's last update may have fewer batches than the others; it is their mean all the same.
    private int BatchesOfThisUpdate()
    {
        int first = _state.Batch / _recipe.Accumulate * _recipe.Accumulate;
        return Math.Max(1, Math.Min(_recipe.Accumulate, _train.BatchesPerEpoch - first));
    }

    private EpochResult Validate(EpochResult result, CancellationToken cancellation)
    {
        _clock.Start(TrainingPhase.Validation, _state, _val.EvaluationBatches, 0);
        float[] logits = Scoring.Logits(_classifier, _val, (batches, done) => _clock.Report(_state, batches, done), cancellation);
        sbyte[] labels = _val.Images.FlatLabels();
        double loss = LogLoss(labels, logits);
        MultiLabelMetrics metrics = MultiLabelMetrics.Compute(_val.Images.Findings, labels, logits);
        double score = metrics.MeanAuroc ?? -loss;
        bool best = _state.BestScore is null || score > _state.BestScore;
        _state = _state with
        {
            BestEpoch = best ? result.Epoch : _state.BestEpoch,
            BestScore = best ? score : _state.BestScore,
            SinceBest = best ? 0 : _state.SinceBest + 1,
        };
        _clock.Validated(metrics.MeanAuroc, _state.BestScore);
        return result with
        {
            ValAuroc = metrics.MeanAuroc,
            ValAurocByFinding = metrics.Findings.Where(f => f.Auroc is not null).ToDictionary(f => f.Finding, f => f.Auroc!.Value),
            ValLoss = loss,
            Best = best,
        };
    }

    private static double LogLoss(ReadOnlySpan<sbyte> labels, ReadOnlySpan<float> logits)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                double wrong = labels[i] == 1 ? -(double)logits[i] : logits[i];
                sum += Math.Max(wrong, 0) + Math.Log(1 + Math.Exp(-Math.Abs(wrong))); // ln(1 + e^wrong), without overflow
                count++;
            }
        }

        return sum / Math.Max(1, count);
    }

    private void FinishEpoch(EpochResult result)
    {
        _state = _state with
        {
            Epoch = result.Epoch,
            Batch = 0,
            LossSum = 0,
            History = [.. _state.History, result],
            Stopped = _recipe.Patience > 0 && _state.SinceBest >= _recipe.Patience,
        };
        _atUpdate = _state;
        Save(withBest: result.Best);
        OnEpoch?.Invoke(result);
    }

    private void SaveState() => Save(withBest: false);

    private void Save(bool withBest)
    {
        try
        {
            if (withBest)
            {
                // Before the state: a kill in between repeats this epoch and writes the same adapter again.
                OnBest(_state);
            }

            _folder.SaveState(_atUpdate, _trained, _optimizer, _schedule);
            _folder.WriteMetrics(_atUpdate.History);
            _sinceSave.Restart();
        }
        catch (RadaptException e) when (_folder.HasState)
        {
            throw new RadaptException($"{e.Message} The run is kept as it was last saved: once that is mended, go on with --resume --out {_folder.Path}.", e);
        }
    }
}
