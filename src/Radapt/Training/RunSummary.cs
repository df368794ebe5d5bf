using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>What came out of a run.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="BestEpoch">Epoch whose tensors were kept, from 1.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="StoppedEarly">Early stopping ended the training.</param>
/// <param name="Val">Figures of the best epoch on the validation images.</param>
/// <param name="Test">Figures of the best epoch on the test images, computed once; null without test images.</param>
/// <param name="Time">Time of this session.</param>
/// <param name="History">Results of the epochs.</param>
public sealed record RunSummary(
    string Folder, int BestEpoch, int Epochs, bool StoppedEarly, MultiLabelMetrics Val, MultiLabelMetrics? Test, TimeSpan Time,
        IReadOnlyList<EpochResult> History)
{
    /// <summary>The validation figures with their uncertainty; <see cref="FineTuning"/> always fills it.</summary>
    internal RunStatistics? ValStatistics { get; init; }

    /// <summary>The same of the test figures; null without test images.</summary>
    internal RunStatistics? TestStatistics { get; init; }

    /// <summary>Calibration and thresholds, or why there are none.</summary>
    internal DecisionRules? Rules { get; init; }

    /// <summary>What was chosen where the head was fitted to fixed features; null: the run was trained epoch by epoch.</summary>
    public RunProbe? Probe { get; init; }
}
