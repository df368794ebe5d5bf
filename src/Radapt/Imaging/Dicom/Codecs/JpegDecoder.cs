using NetVips;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// JPEG baseline, extended and progressive: 8 bits by libvips' libjpeg-turbo, which decodes JPEG files, too; 12 bits by
/// <see cref="JpegSequentialDecoder"/>.
/// </summary>
internal static class JpegDecoder
{
    private const int RowsAtOnce = 16;

    /// <summary>Stream -> samples; colour comes as RGB.</summary>
    /// <exception cref="InvalidDataException">Truncated, damaged, or of another size than the format says.</exception>
    public static ushort[] Decode(ReadOnlyMemory<byte> stream, PixelFormat format)
    {
        JpegFrame frame = JpegFrame.Read(stream.Span);
        frame.Require(format);
        if (frame.Marker > 0xC2)
        {
            throw new InvalidDataException($"JPEG process 0x{frame.Marker:X2} is not read; convert the file");
        }

        if (frame.Bits != 8)
        {
            return JpegSequentialDecoder.Decode(stream.Span, format, frame);
        }

        DecodingCost.Jpeg(stream.Span, format.Count, format.Samples).Require();
        try
        {
            return Eight(stream, frame, format);
        }
        catch (VipsException e)
        {
            throw new InvalidDataException("the JPEG stream is truncated or damaged; copy or export the file again", e);
        }
    }

    private static ushort[] Eight(ReadOnlyMemory<byte> stream, JpegFrame frame, PixelFormat format)
    {
        byte[] jpeg = format.Photometric == DicomPhotometric.Rgb && !frame.HasColourMarker ? SaysRgb(stream.Span) : stream.ToArray();
        NativeLibraries.RequireImages();
        using Image image = Image.JpegloadBuffer(jpeg, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
        if (image.Width != frame.Width || image.Height != frame.Height || image.Bands != frame.Components
            || image.Format != Enums.BandFormat.Uchar)
        {
            throw new VipsException("The decoder and the header disagree on the size.");
        }

        using Region region = Region.New(image);
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(format.Count * format.Samples);
        for (int top = 0; top < frame.Height; top += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, frame.Height - top);
            Span<byte> strip = region.Fetch(0, top, frame.Width, rows);
            Span<ushort> to = samples.AsSpan(top * frame.Width * format.Samples);
            for (int i = 0; i < strip.Length; i++)
            {
                to[i] = strip[i];
            }
        }

        return samples;
    }

    // Without JFIF or Adobe segment decoders take three components for YCbCr; the Adobe segment with transform 0 says that they are RGB.
    private static byte[] SaysRgb(ReadOnlySpan<byte> stream) =>
        [0xFF, 0xD8, 0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0, .. stream[2..]];
}
