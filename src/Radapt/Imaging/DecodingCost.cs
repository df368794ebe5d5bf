namespace Radapt.Imaging;

/// <summary>
/// What decoding a PNG or JPEG file will cost, told from its bytes before anything is decoded. A small file can ask for much: by its size,
/// by
/// samples that are dropped afterwards, by interlacing, which needs the whole picture at once, and by thousands of progressive scans.
/// </summary>
/// <param name="Decoded">Bytes of all samples as the file has them, alpha included.</param>
/// <param name="Scanned">Pixels that the scans of a JPEG pass over, one scan after the other; 0: a single scan.</param>
/// <param name="Memory">Bytes that decoding takes at once, the result included.</param>
internal readonly record struct DecodingCost(long Decoded, long Scanned, long Memory)
{
    /// <summary>
    /// Most bytes of decoded samples: 100 million pixels in 16-bit gray, 66 million in colour. They take less than two seconds.
    /// </summary>
    public const long MostDecoded = 200_000_000;

    /// <summary>Most pixels that scans pass over: 20 scans of 20 million pixels. They take about two seconds.</summary>
    public const long MostScanned = 400_000_000;

    /// <summary>The cost of a file whose header has been read.</summary>
    public static DecodingCost Estimate(ReadOnlySpan<byte> file, ImageInfo info) =>
        info.Format == ImageFormat.Png ? Png(file, info) : Jpeg(file, info);

    /// <summary>The cost of a JPEG stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="pixels">Pixels that its frame header says.</param>
    /// <param name="components">Samples a pixel.</param>
    public static DecodingCost Jpeg(ReadOnlySpan<byte> stream, long pixels, int components)
    {
        int scans = 0;
        for (ReadOnlySpan<byte> rest = stream; rest.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]) is var at and >= 0; rest = rest[(at + 2)..])
        {
            scans++;
        }

        // A decoder of several scans holds the coefficients, of 16 bits, of the whole picture.
        long coefficients = scans > 1 ? 2 * pixels * components : 0;
        return new DecodingCost(pixels * components, scans > 1 ? scans * pixels : 0, Result(pixels, components) + coefficients);
    }

    /// <summary>Demands the limits.</summary>
    /// <exception cref="InvalidDataException">They are exceeded.</exception>
    public void Require()
    {
        if (Decoded > MostDecoded)
        {
            throw new InvalidDataException(
                $"its pixels are {Decoded / 1_000_000} MB when decoded, and at most {MostDecoded / 1_000_000} MB are read; "
                + "reduce the size of the image, or convert it to gray");
        }

        if (Scanned > MostScanned)
        {
            throw new InvalidDataException(
                $"the scans of this JPEG pass over {Scanned / 1_000_000} million pixels, "
                + $"and at most {MostScanned / 1_000_000} million are read; save it as a baseline JPEG or a PNG");
        }
    }

    private static DecodingCost Jpeg(ReadOnlySpan<byte> file, ImageInfo info) => Jpeg(file, (long)info.Width * info.Height, info.Channels);

    private static DecodingCost Png(ReadOnlySpan<byte> file, ImageInfo info)
    {
        int bands = file[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 }; // IHDR (11.2.2): colour type, then interlacing at 28
        long pixels = (long)info.Width * info.Height;
        int expanded = file[25] == 3 ? 3 : bands; // palettes are expanded by the decoder
        long decoded = pixels * expanded * (info.Bits / 8);
        bool isInterlaced = file[28] != 0;
        return new DecodingCost(decoded, 0, Result(pixels, info.Channels) + (isInterlaced ? decoded : 0));
    }

    // Gray is tried first; the copy in colour comes beside it.
    private static long Result(long pixels, int channels) => pixels * (channels == 1 ? 1 : 4);
}
