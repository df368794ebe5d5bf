using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Studies;

/// <summary>A moment of a cross-validation: the fold begins, reports its progress, ends an epoch or is complete.</summary>
/// <param name="Fold">From 1.</param>
/// <param name="Folds">The number of folds.</param>
public sealed record FoldProgress(int Fold, int Folds)
{
    /// <summary>A moment of the fold's training; null: the report is of something else.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>An epoch of the fold that ended; null: the report is of something else.</summary>
    public EpochResult? Epoch { get; init; }

    /// <summary>The fold is complete.</summary>
    public bool IsComplete { get; init; }
}
