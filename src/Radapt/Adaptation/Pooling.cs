namespace Radapt.Adaptation;

/// <summary>What the classifier's head reads.</summary>
public enum Pooling
{
    /// <summary>
    /// Mean of the patch tokens, class token and registers left out, through <c>fc_norm</c>; the encoder's <c>norm</c> is not used.
    /// </summary>
    Mean,

    /// <summary>Class token through the encoder's <c>norm</c>.</summary>
    ClassToken,

    /// <summary>
    /// Class token and mean of the patch tokens, both through the encoder's <c>norm</c>, side by side: DINOv2's classifiers.
    /// </summary>
    ClassAndMean,

    /// <summary>
    /// Mean of the patch tokens, each through the encoder's <c>norm</c>: what a masked autoencoder's decoder is trained to read, averaged.
    /// </summary>
    NormedMean,
}
