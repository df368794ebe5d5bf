using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging;

/// <summary>How image files become gray levels.</summary>
/// <param name="Scale">How gray values of DICOM files become 8 bits.</param>
/// <param name="Codecs">The processes that decode JPEG-LS and JPEG 2000; null: those that the library keeps.</param>
internal sealed record DecodingOptions(DicomScale Scale = DicomScale.Voi, CodecProcess? Codecs = null)
{
    /// <summary>
    /// Bits that the samples of 16-bit PNG files use, 8 to 16: their largest value becomes white, and files with larger ones are refused.
    /// </summary>
    public int PngBits { get; init; } = PngDepth.Full;

    /// <summary>What was remarked on the DICOM files that were read with these options.</summary>
    internal DicomRemarks Remarks { get; } = new();
}
