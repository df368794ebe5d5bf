using System.Diagnostics;
using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>Turns batches done into progress reports: rate, and an estimate of the time left from what was measured so far.</summary>
internal sealed class ProgressClock(IProgress<TrainingProgress>? progress, TrainingSettings settings)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _pass = new();
    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private TrainingPhase _phase;
    private int _startBatch;
    private int _batches;
    private int _trainBatches;
    private int _valBatches;
    private double _secondsPerTrainBatch;
    private double _secondsPerValBatch;
    private IReadOnlyDictionary<string, double> _figures = new Dictionary<string, double>();
    private double? _bestScore;

    /// <summary>Seconds since the pass began.</summary>
    public double Seconds => Math.Max(1e-9, _pass.Elapsed.TotalSeconds);

    /// <summary>A pass over the data begins.</summary>
    public void Start(TrainingPhase phase, TrainerState state, int batches, int valBatches)
    {
        (_phase, _batches) = (phase, batches);
        _startBatch = phase == TrainingPhase.Training ? state.Batch : 0;
        if (phase == TrainingPhase.Training)
        {
            (_trainBatches, _valBatches) = (batches, valBatches);
        }

        _pass.Restart();
    }

    /// <summary>A validation ended.</summary>
    public void Validated(IReadOnlyDictionary<string, double> figures, double? best) => (_figures, _bestScore) = (figures, best);

    /// <summary>Batches done; reports when the interval has passed or the pass is over.</summary>
    public void Report(TrainerState state, int done, int images)
    {
        if (_phase == TrainingPhase.Training)
        {
            _secondsPerTrainBatch = Seconds / Math.Max(1, done - _startBatch);
            // until measured
            _secondsPerValBatch = _secondsPerValBatch == 0 ? _secondsPerTrainBatch / settings.CostOfTraining : _secondsPerValBatch;
        }
        else
        {
            _secondsPerValBatch = Seconds / done;
        }

        if (progress is null || (_sinceReport.Elapsed < s_interval && done != _batches))
        {
            return;
        }

        _sinceReport.Restart();
        int epochsAfter = settings.Epochs - state.Epoch - 1;
        int validations = ValidationPlan.Count(settings.Epochs, settings.ValidateEvery) - (state.Epoch / settings.ValidateEvery);
        double left = _phase switch
        {
            TrainingPhase.Training =>
                ((_trainBatches - done) + (epochsAfter * (double)_trainBatches)) * _secondsPerTrainBatch
                    + (validations * _valBatches * _secondsPerValBatch),
            TrainingPhase.Validation =>
                (epochsAfter * (double)_trainBatches * _secondsPerTrainBatch)
                    + ((((validations - 1) * _valBatches) + _batches - done) * _secondsPerValBatch),
            _ => (_batches - done) * _secondsPerValBatch,
        };
        progress.Report(new TrainingProgress
        {
            Phase = _phase,
            Epoch = Math.Min(settings.Epochs, state.Epoch + 1),
            Epochs = settings.Epochs,
            Step = done,
            Steps = _batches,
            Loss = state.Batch == 0 ? double.NaN : state.LossSum / state.Batch,
            LearningRate = state.LearningRate,
            ImagesPerSecond = images / Seconds,
            Figures = _figures,
            BestScore = _bestScore,
            TimeLeft = TimeSpan.FromSeconds(Math.Max(0, left)),
        });
    }
}
