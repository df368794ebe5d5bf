namespace Radapt.Training;

/// <summary>How long and in which steps a <see cref="TrainingLoop{TBatch}"/> trains, whatever it trains.</summary>
internal sealed record TrainingSettings
{
    /// <summary>Epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>Learning rate over the epochs.</summary>
    public required LearningRate LearningRate { get; init; }

    /// <summary>Key of all randomness in forward passes.</summary>
    public long Seed { get; init; }

    /// <summary>Batches per update.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Largest 2-norm of all gradients together; 0: they are not clipped.</summary>
    public double ClipGradients { get; init; }

    /// <summary>Epochs from one validation to the next; the last epoch is always validated.</summary>
    public int ValidateEvery { get; init; } = 1;

    /// <summary>Validations without a better score before training stops; 0: it does not stop early.</summary>
    public int Patience { get; init; }

    /// <summary>Whether the best epoch is kept; if not, the last one is.</summary>
    public bool KeepsBest { get; init; } = true;

    /// <summary>
    /// Time of a training batch over that of a validation batch, by which the time left is estimated until it is measured.
    /// </summary>
    public double CostOfTraining { get; init; } = 3;
}
