namespace Radapt.Imaging.Dicom;

/// <summary>
/// The samples of the first frame as stored, before any lookup table: row after row, colour interleaved. Of a signed sample the lowest
/// <see cref="PixelFormat.BitsStored"/> bits are its two's complement.
/// </summary>
/// <param name="Format">Size and layout; of colour that a decoder converted, <see cref="DicomPhotometric.Rgb"/>.</param>
/// <param name="Samples">Rows x columns x samples.</param>
internal sealed record StoredPixels(PixelFormat Format, ushort[] Samples)
{
    /// <summary>A sample as a number.</summary>
    public int ValueOf(int sample)
    {
        int unused = 32 - Format.BitsStored;
        return Format.IsSigned ? (sample << unused) >> unused : sample;
    }
}
