using Radapt.Options;

namespace Radapt.Pretraining;

/// <summary>What is masked and predicted, and by which decoder.</summary>
internal sealed record MaskingOptions
{
    /// <summary>Share of the patches that the encoder does not see.</summary>
    [Option("mask-ratio", "Share of the patches to mask.", Min = 0, MinIsExcluded = true, Max = 1, MaxIsExcluded = true,
        Reason = "the paper's; others found 0.9 better on chest radiographs")]
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Each target patch is normalised by its own mean and variance.</summary>
    [Option("normalised-targets", "Predict patches normalised by their own mean and standard deviation.")]
    public bool NormalisedTargets { get; init; }

    /// <summary>Least share of an image's area that random crops have.</summary>
    [Option("crop-scale", "Smallest share of the image area in a random crop.", Min = 0, MinIsExcluded = true, Max = 1,
        Reason = "the paper's; others found 0.5 better on chest radiographs")]
    public double CropScale { get; init; } = 0.2;

    /// <summary>Channels of a decoder token.</summary>
    [Option("decoder-width", "Channels per token of the decoder.", Min = 1, Max = 65536,
        Default = "512 as in MAE for encoders from ViT-B on; two thirds of a smaller encoder's width",
            ChosenFrom = ["width", "backbone", "weights"])]
    public required int DecoderWidth { get; init; }

    /// <summary>Blocks of the decoder.</summary>
    [Option("decoder-depth", "Transformer blocks of the decoder.", Min = 1, Max = 1024,
        Default = "8 as in MAE for encoders from ViT-B on; a third of a smaller encoder's depth",
            ChosenFrom = ["depth", "backbone", "weights"])]
    public required int DecoderDepth { get; init; }

    /// <summary>Attention heads of the decoder.</summary>
    [Option("decoder-heads", "Attention heads of the decoder.", Min = 1, Max = 1024,
        Default = "16 as in MAE for encoders from ViT-B on; one per 32 channels beside a smaller encoder",
        ChosenFrom = ["decoder-width", "backbone", "weights"])]
    public required int DecoderHeads { get; init; }

    /// <summary>Dimensions of the decoder.</summary>
    public DecoderShape Decoder => new(DecoderWidth, DecoderDepth, DecoderHeads);
}
