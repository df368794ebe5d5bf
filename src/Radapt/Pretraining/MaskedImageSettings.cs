namespace Radapt.Pretraining;

/// <summary>What a masked autoencoder learns from an image.</summary>
internal record MaskedImageSettings
{
    /// <summary>Share of the patches that are masked (paper: 0.75).</summary>
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Each target patch is normalised by its own mean and variance.</summary>
    public bool NormalisedTargets { get; init; }

    /// <summary>Key of the masks.</summary>
    public long Seed { get; init; }
}
