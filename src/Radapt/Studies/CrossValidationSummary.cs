using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Studies;

/// <summary>What came out of a cross-validation.</summary>
/// <param name="Folder">The folder of all.</param>
/// <param name="Pooled">Figures of all images, each scored by the run that has not seen its patient.</param>
/// <param name="Folds">AUROC of every finding, and of their mean, over the folds.</param>
public sealed record CrossValidationSummary(string Folder, MultiLabelMetrics Pooled, IReadOnlyList<FoldedFigure> Folds)
{
    /// <summary>The pooled figures with their uncertainty.</summary>
    internal RunStatistics? Statistics { get; init; }

    /// <summary>Calibration and thresholds for the mean of the folds, or why there are none.</summary>
    internal DecisionRules? Rules { get; init; }
}
