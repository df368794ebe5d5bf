namespace Radapt.Imaging.Dicom;

/// <summary>Size and layout of stored pixels, checked before memory is taken for any (PS3.3, C.7.6.3).</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Pixels a row.</param>
/// <param name="Samples">1 (gray, palette) or 3 (colour).</param>
/// <param name="BitsAllocated">Bits a sample takes: 8 or 16.</param>
/// <param name="BitsStored">Bits of a sample that count: 1 to <paramref name="BitsAllocated"/>.</param>
/// <param name="HighBit">Their highest; what is above and below is not looked at.</param>
/// <param name="IsSigned">Two's complement.</param>
/// <param name="Photometric">What the values mean.</param>
/// <param name="IsPlanar">Colour as three planes instead of pixel by pixel.</param>
/// <param name="Frames">Images in the file, of which the first is read.</param>
internal sealed record PixelFormat(
    int Rows,
    int Columns,
    int Samples,
    int BitsAllocated,
    int BitsStored,
    int HighBit,
    bool IsSigned,
    DicomPhotometric Photometric,
    bool IsPlanar,
    long Frames)
{
    /// <summary>Pixels of the first frame.</summary>
    public int Count => Rows * Columns;

    /// <summary>Reads and checks what a file says of its pixels.</summary>
    /// <exception cref="InvalidDataException">An element is missing, contradicts another, or has a value that is not read.</exception>
    public static PixelFormat From(DicomFile file)
    {
        DicomDataSet set = file.Elements;
        int rows = Side(set, DicomTag.Rows);
        int columns = Side(set, DicomTag.Columns);
        int samples = set.UInt16(DicomTag.SamplesPerPixel) ?? 1;
        if ((long)rows * columns * samples > ImageHeader.PixelLimit)
        {
            throw new InvalidDataException(
                $"{columns} x {rows} pixels of {samples} samples are more than the {ImageHeader.PixelLimit / 1_000_000} "
                    + "million that are read");
        }

        DicomPhotometric photometric = PhotometricOf(set);
        int expected = photometric is DicomPhotometric.Monochrome1 or DicomPhotometric.Monochrome2 or DicomPhotometric.Palette ? 1 : 3;
        if (samples != expected)
        {
            throw new InvalidDataException(
                $"{DicomTag.SamplesPerPixel} is {samples}, but {DicomTag.Photometric} asks for {expected}; export the file again");
        }

        int allocated = set.Required(DicomTag.BitsAllocated);
        if (allocated is not (8 or 16))
        {
            throw new InvalidDataException($"{DicomTag.BitsAllocated} is {allocated}; only 8 and 16 are read");
        }

        int stored = set.UInt16(DicomTag.BitsStored) ?? allocated;
        int high = set.UInt16(DicomTag.HighBit) ?? (stored - 1);
        if (stored < 1 || stored > allocated || high >= allocated || high < stored - 1)
        {
            throw new InvalidDataException(
                $"{DicomTag.BitsStored} {stored} and {DicomTag.HighBit} {high} do not fit {DicomTag.BitsAllocated} "
                    + $"{allocated}; export the file again");
        }

        return new PixelFormat(
            rows, columns, samples, allocated, stored, high, set.UInt16(DicomTag.PixelRepresentation) == 1, photometric,
            set.UInt16(DicomTag.PlanarConfiguration) == 1, FramesOf(set));
    }

    /// <summary>Number of Frames; 1 where it is missing, 0 (as some writers have it for a single image) or not a number.</summary>
    public static long FramesOf(DicomDataSet set) =>
        set.TryNumber(DicomTag.Frames, out double? frames) && frames is >= 1 and < 1e15 ? (long)frames : 1;

    private static int Side(DicomDataSet set, DicomTag tag)
    {
        int side = set.Required(tag);
        return side > 0 ? side : throw new InvalidDataException($"{tag} is 0; export the file again");
    }

    private static DicomPhotometric PhotometricOf(DicomDataSet set)
    {
        // In any case, and with blanks or underscores where others have none.
        string name = set.FirstText(DicomTag.Photometric).ToUpperInvariant();
        return name.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal) switch
        {
            "MONOCHROME1" => DicomPhotometric.Monochrome1,
            "MONOCHROME2" => DicomPhotometric.Monochrome2,
            "PALETTECOLOR" => DicomPhotometric.Palette,
            "RGB" => DicomPhotometric.Rgb,
            "YBRFULL" => DicomPhotometric.YbrFull,
            "YBRFULL422" => DicomPhotometric.YbrFull422,
            "YBRRCT" or "YBRICT" or "YBRPARTIAL420" => DicomPhotometric.YbrCompressed,
            "" => throw new InvalidDataException($"{DicomTag.Photometric} is missing; export the file again"),
            _ => throw new InvalidDataException(
                $"{DicomTag.Photometric} is not one of MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, YBR_FULL_422, "
                    + "YBR_RCT, YBR_ICT; convert the file"),
        };
    }
}
