namespace Radapt.Training;

/// <summary>What a run is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Updates on training images.</summary>
    Training,

    /// <summary>Scores on validation images.</summary>
    Validation,

    /// <summary>Scores on test images, once, with the best epoch's tensors.</summary>
    Test,

    /// <summary>Features of the frozen blocks, once, before the first epoch.</summary>
    Features,

    /// <summary>Pixels of all images, once, before anything is trained.</summary>
    Pixels,
}

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

    /// <summary>Mean validation AUROC of the last validation.</summary>
    public double? ValAuroc { get; init; }

    /// <summary>Best mean validation AUROC so far.</summary>
    public double? BestAuroc { get; init; }

    /// <summary>Estimate for the rest of the run, validation included, early stopping not.</summary>
    public TimeSpan TimeLeft { get; init; }
}

/// <summary>An epoch that ended; a line of <c>metrics.jsonl</c>.</summary>
public sealed record EpochResult
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Updates since the start of the run.</summary>
    public required long Updates { get; init; }

    /// <summary>Mean training loss over the epoch's batches.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Learning rate of the epoch's last update.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training images per second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Seconds of training in this epoch, validation left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Mean validation AUROC; null where the epoch was not validated or no finding has both classes.</summary>
    public double? ValAuroc { get; init; }

    /// <summary>Validation AUROC of every finding that has one.</summary>
    public IReadOnlyDictionary<string, double>? ValAurocByFinding { get; init; }

    /// <summary>Mean validation loss; null where the epoch was not validated.</summary>
    public double? ValLoss { get; init; }

    /// <summary>This epoch is the best so far.</summary>
    public bool Best { get; init; }
}
