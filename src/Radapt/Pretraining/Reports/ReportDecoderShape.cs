using Radapt.Models;

namespace Radapt.Pretraining.Reports;

/// <summary>Dimensions of the transformer that predicts masked words of reports.</summary>
/// <param name="Vocabulary">Word pieces V.</param>
/// <param name="Width">Channels of a token, D.</param>
/// <param name="Depth">Layers.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Positions">Most tokens of a report, N; longer reports are cut off.</param>
internal sealed record ReportDecoderShape(int Vocabulary, int Width, int Depth, int Heads, int Positions)
{
    /// <summary>Tokens of a report in MRM.</summary>
    public const int MrmPositions = 100;

    /// <summary>Hidden channels of a layer.</summary>
    public int Inner { get; init; } = 4 * Width;

    /// <summary>Probability of dropout (MRM: 0.1).</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>
    /// MRM's for encoders from ViT-B on: 384 wide, 6 layers, 6 heads. A smaller encoder gets half of its own width and depth (as 384 and 6
    /// are of ViT-B's) and heads of 32 channels: beside a small encoder the full decoder would take most of the time.
    /// </summary>
    /// <param name="encoder">Dimensions of the encoder.</param>
    /// <param name="vocabulary">Word pieces.</param>
    /// <param name="positions">Most tokens of a report.</param>
    public static ReportDecoderShape For(BackboneShape encoder, int vocabulary, int positions = MrmPositions)
    {
        if (encoder.Width >= 768)
        {
            return new ReportDecoderShape(vocabulary, 384, 6, 6, positions);
        }

        const int HeadWidth = 32;
        int heads = Math.Max(1, encoder.Width / 2 / HeadWidth);
        return new ReportDecoderShape(vocabulary, heads * HeadWidth, Math.Clamp(encoder.Depth / 2, 1, 6), heads, positions);
    }
}
