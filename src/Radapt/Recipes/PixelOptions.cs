using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The pixels section of a recipe: how images are prepared and augmented.</summary>
public sealed record PixelOptions
{
    /// <summary>Mean used to normalise gray values in [0, 1].</summary>
    [Option("mean", "Mean used to normalise gray values in [0, 1].", Min = 0, Max = 1,
        Default = "what the weights were trained with", ChosenFrom = ["weights", "from-scratch"])]
    public required double Mean { get; init; }

    /// <summary>Standard deviation used to normalise gray values in [0, 1].</summary>
    [Option("std", "Standard deviation used to normalise gray values in [0, 1].", Min = 0, MinIsExcluded = true,
        Default = "what the weights were trained with", ChosenFrom = ["weights", "from-scratch"])]
    public required double Std { get; init; }

    /// <summary>Shorter side after resizing in evaluation, before the centre crop of the image size.</summary>
    [Option("resize", "Shorter side in pixels to which evaluation images are resized before the centre crop.",
        Min = 1, Max = 65536, Default = "the image size", ChosenFrom = ["image-size"])]
    public required int Resize { get; init; }

    /// <summary>How gray values of DICOM files become 8 bits (paper: <c>max</c> for RSNA).</summary>
    [Option("dicom-scale",
        "How gray values of DICOM files are scaled to 8 bits: voi (the file's VOI table or window, else percentiles), "
            + "percentile (1 and 99), or max (the largest value).", Default = "voi; max, the paper's, for rsna:", ChosenFrom = ["data"])]
    public DicomScale DicomScale { get; init; }

    /// <summary>Bits that the samples of 16-bit PNG files use; their largest value becomes white.</summary>
    [Option("png-bits",
        "Bits that the samples of 16-bit PNG files use: their largest value becomes white, and a file with larger samples is refused.",
        Min = 8, Max = PngDepth.Full, Default = "as many as the largest sample needs, found by reading some of the 16-bit files",
        ChosenFrom = ["data", "train", "image-root"])]
    public int PngBits { get; init; } = PngDepth.Full;

    /// <summary>
    /// Training transform: <see cref="Augmentation.CropFlip"/> as in the paper's SGD recipes,
    /// <see cref="Augmentation.RandAugmentErasing"/> as in its AdamW recipes, or another.
    /// </summary>
    [Option("augment", "Augmentation of training images.",
        Default = "crop-flip; none with linear; shift-flip-noise for images of at most 64 px", ChosenFrom = ["image-size", "method"])]
    public Augmentation Augment { get; init; } = Augmentation.CropFlip;

    /// <summary>Whether augmentation may mirror images.</summary>
    [Option("flip", "Whether augmentation may mirror images, each with probability 0.5.", True = "on", False = "off", CanBeAuto = true,
        Default = "auto: on, unless a finding names left or right",
        ChosenFrom = ["data", "train", "findings", "class-column", "augment"])]
    public bool Flip { get; init; } = true;

    /// <summary>The evaluation transform for a square input of this side.</summary>
    public Preprocessing Preprocessing(int imageSize) => new(imageSize, Resize, Mean, Std, DicomScale)
    {
        PngBits = PngBits,
    };
}
