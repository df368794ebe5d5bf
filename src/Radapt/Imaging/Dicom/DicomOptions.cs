using Radapt.Imaging.Dicom.Codecs;

namespace Radapt.Imaging.Dicom;

/// <summary>How DICOM files are read; other formats do not depend on it.</summary>
/// <param name="Scale">How gray values become 8 bits.</param>
/// <param name="Codecs">Where JPEG-LS and JPEG 2000 are decoded; null: files that need it are refused.</param>
internal sealed record DicomOptions(DicomScale Scale = DicomScale.Voi, CodecProcess? Codecs = null)
{
    /// <summary>What was remarked on the files that were read with these options.</summary>
    internal DicomRemarks Remarks { get; } = new();
}
