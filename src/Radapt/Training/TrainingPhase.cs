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

    /// <summary>Ridge regression on frozen features, once, before anything is trained.</summary>
    Baseline,
}
