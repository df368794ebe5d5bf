using Radapt.Models;

namespace Radapt.Pretraining;

/// <summary>Dimensions of the transformer that predicts masked patches.</summary>
/// <param name="Width">Channels of a token.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
internal sealed record DecoderShape(int Width, int Depth, int Heads)
{
    /// <summary>Channels of an attention head, as in MAE.</summary>
    public const int HeadWidth = 32;

    /// <summary>MAE's, for ViT-B and larger.</summary>
    public static DecoderShape Mae { get; } = new(512, 8, 16);

    /// <summary>MRM's, for ViT-B and larger.</summary>
    public static DecoderShape Mrm { get; } = new(768, 4, 6);

    /// <summary>MRM's for encoders from ViT-B on; smaller ones get what <see cref="For"/> gives them.</summary>
    public static DecoderShape ForRecords(BackboneShape encoder) => encoder.Width >= 768 ? Mrm : For(encoder);

    /// <summary>
    /// MAE's for encoders from ViT-B on. A smaller encoder gets a decoder of two thirds of its own width (as 512 is of 768), a third of
    /// its depth and heads of 32 channels, as MAE's has: beside a small encoder the full one would take most of the time.
    /// </summary>
    public static DecoderShape For(BackboneShape encoder)
    {
        if (encoder.Width >= 768)
        {
            return Mae;
        }

        int heads = Math.Max(1, (int)Math.Round(encoder.Width * 2 / 3.0 / HeadWidth));
        return new DecoderShape(heads * HeadWidth, Math.Clamp(encoder.Depth / 3, 1, 4), heads);
    }
}
