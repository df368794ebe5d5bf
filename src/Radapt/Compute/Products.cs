namespace Radapt.Compute;

/// <summary>How float32 products run.</summary>
public enum Products
{
    /// <summary>Radapt's own, for frozen weights; those by trained weights run as <see cref="Convolution"/>.</summary>
    Packed,

    /// <summary>The tensor library's own.</summary>
    Linear,

    /// <summary>oneDNN through a 1 x 1 convolution.</summary>
    Convolution,
}
