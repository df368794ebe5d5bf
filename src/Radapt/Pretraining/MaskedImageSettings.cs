using Radapt.Models;

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

    /// <summary>The masks of a batch.</summary>
    /// <param name="items">What names the images in the stream of masks, such as their numbers in the set.</param>
    /// <param name="shape">The encoder.</param>
    /// <param name="step">The forward pass; <see cref="MaskedTask.EvaluationStep"/> for images that are measured.</param>
    public PatchMask Mask(ReadOnlySpan<int> items, BackboneShape shape, long step) =>
        PatchMask.Draw(items, shape.Grid * shape.Grid, MaskRatio, Seed, step);
}
