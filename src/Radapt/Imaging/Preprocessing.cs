using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging;

/// <summary>
/// What the evaluation transform does to an image: shorter side to <see cref="Resize"/>, centre crop of <see cref="ImageSize"/>, gray in
/// [0, 1], minus
/// <see cref="Mean"/>, divided by <see cref="Std"/>. It belongs to trained weights and is stored with them.
/// </summary>
/// <param name="ImageSize">Side of the network's input in pixels; at least 1.</param>
/// <param name="Resize">Shorter side after resizing in pixels; at least 1. Below <paramref name="ImageSize"/> the crop is padded with
/// black.</param>
/// <param name="Mean">Mean gray value in [0, 1].</param>
/// <param name="Std">Standard deviation of the gray values; positive.</param>
/// <param name="DicomScale">How DICOM values become gray levels before all that.</param>
public sealed record Preprocessing(int ImageSize, int Resize, double Mean, double Std, DicomScale DicomScale = DicomScale.Voi)
{
    /// <summary>Bits that the samples of 16-bit PNG files use; see <see cref="DecodingOptions.PngBits"/>.</summary>
    public int PngBits { get; init; } = PngDepth.Full;

    /// <summary>How files are decoded for it.</summary>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    internal DecodingOptions Decoding(CodecProcess? codecs) => new(DicomScale, codecs) { PngBits = PngBits };

    /// <summary>Whether images can be prepared so: what a file says may be none of this.</summary>
    internal bool IsSound => ImageSize >= 1 && Resize is >= 1 and <= 65536 && Mean is >= 0 and <= 1
        && Std is > 0 and < double.PositiveInfinity && Enum.IsDefined(DicomScale) && PngBits is >= 8 and <= PngDepth.Full;
}
