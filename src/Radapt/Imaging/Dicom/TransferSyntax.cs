namespace Radapt.Imaging.Dicom;

/// <summary>How the pixels of a data set are stored.</summary>
internal enum PixelCoding
{
    Native,
    Rle,
    Jpeg,
    JpegLossless,
    JpegLs,
    Jpeg2000,
}

/// <summary>How a data set and its pixels are encoded (PS3.5, section 10 and annex A).</summary>
/// <param name="Name">For messages.</param>
/// <param name="Pixels">How pixels are stored.</param>
/// <param name="IsExplicit">Elements state their value representation.</param>
/// <param name="IsBigEndian">Byte order.</param>
/// <param name="IsDeflated">All after the file meta group is deflated.</param>
internal sealed record TransferSyntax(
    string Name, PixelCoding Pixels, bool IsExplicit = true, bool IsBigEndian = false, bool IsDeflated = false)
{
    private const string Root = "1.2.840.10008.1.2";

    public static readonly TransferSyntax ImplicitLittleEndian = new("implicit little endian", PixelCoding.Native, IsExplicit: false);

    private static readonly Dictionary<string, TransferSyntax> s_known = new()
    {
        [Root] = ImplicitLittleEndian,
        [Root + ".1"] = new("explicit little endian", PixelCoding.Native),
        [Root + ".1.99"] = new("deflated explicit little endian", PixelCoding.Native, IsDeflated: true),
        [Root + ".2"] = new("explicit big endian", PixelCoding.Native, IsBigEndian: true),
        [Root + ".4.50"] = new("JPEG baseline", PixelCoding.Jpeg),
        [Root + ".4.51"] = new("JPEG extended", PixelCoding.Jpeg),
        [Root + ".4.57"] = new("JPEG lossless", PixelCoding.JpegLossless),
        [Root + ".4.70"] = new("JPEG lossless, first-order prediction", PixelCoding.JpegLossless),
        [Root + ".4.80"] = new("JPEG-LS lossless", PixelCoding.JpegLs),
        [Root + ".4.81"] = new("JPEG-LS near-lossless", PixelCoding.JpegLs),
        [Root + ".4.90"] = new("JPEG 2000 lossless", PixelCoding.Jpeg2000),
        [Root + ".4.91"] = new("JPEG 2000", PixelCoding.Jpeg2000),
        [Root + ".5"] = new("RLE lossless", PixelCoding.Rle),
    };

    /// <summary>The syntax of a UID.</summary>
    /// <exception cref="InvalidDataException">It is none that is read.</exception>
    public static TransferSyntax FromUid(string uid) => s_known.TryGetValue(uid, out TransferSyntax? known) ? known
        : throw new InvalidDataException(
            $"{DicomTag.TransferSyntaxUid} {Shown(uid)} is not read; convert it, for instance to explicit little endian ({Root}.1)");

    /// <summary>What a pixel coding is called in messages.</summary>
    public static string NameOf(PixelCoding coding) => coding switch
    {
        PixelCoding.Rle => "RLE",
        PixelCoding.Jpeg => "JPEG",
        PixelCoding.JpegLossless => "JPEG lossless",
        PixelCoding.JpegLs => "JPEG-LS",
        PixelCoding.Jpeg2000 => "JPEG 2000",
        _ => "native",
    };

    // A damaged file may have anything there, a patient's name included: only what looks like a UID is shown.
    private static string Shown(string uid) => uid.Length is > 0 and <= 64 && uid.All(c => char.IsAsciiDigit(c) || c == '.') ? uid
        : "is damaged or";
}
