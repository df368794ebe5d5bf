namespace Radapt.Training;

/// <summary>A moment of a run, reported several times a second.</summary>
public sealed record TrainingProgress
{
    /// <summary>What the run is doing.</summary>
    public required TrainingPhase Phase { get; init; }

    /// <summary>Current epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Epochs planned.</summary>
    public required int Epochs { get; init; }

    /// <summary>Batches done in this epoch or scoring pass.</summary>
    public required int Step { get; init; }

    /// <summary>Batches of this epoch or scoring pass.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean training loss of the epoch so far.</summary>
    public double Loss { get; init; }

    /// <summary>Learning rate of the last update.</summary>
    public double LearningRate { get; init; }

    /// <summary>Images per second in this epoch or pass.</summary>
    public double ImagesPerSecond { get; init; }

    /// <summary>Figures of the last validation; see <see cref="Runs.EpochResult.Figures"/>.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// Score of the best epoch so far: in fine-tuning the mean validation AUROC; where no AUROC is defined, minus the validation loss.
    /// </summary>
    public double? BestScore { get; init; }

    /// <summary>Estimate for the rest of the run, validation included, early stopping not.</summary>
    public TimeSpan TimeLeft { get; init; }
}
