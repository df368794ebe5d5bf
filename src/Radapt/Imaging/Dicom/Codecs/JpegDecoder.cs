using System.Runtime.InteropServices;
using JpegLibrary;
using NetVips;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// JPEG baseline, extended and progressive: 8 bits by libvips' libjpeg-turbo, which decodes JPEG files, too; 12 bits by JpegLibrary.
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
            throw new InvalidDataException($"JPEG process 0x{frame.Marker:X2} is not what {DicomTag.TransferSyntaxUid} says; export the file again");
        }

        try
        {
            return frame.Bits == 8 ? Eight(stream, frame, format) : Twelve(stream, frame, format);
        }
        catch (Exception e) when (e is not OutOfMemoryException) // JpegLibrary throws whatever it runs into, division by zero included
        {
            throw new InvalidDataException("the JPEG stream is truncated or damaged; copy or export the file again", e);
        }
    }

    private static ushort[] Eight(ReadOnlyMemory<byte> stream, JpegFrame frame, PixelFormat format)
    {
        byte[] jpeg = format.Photometric == DicomPhotometric.Rgb && !frame.HasColourMarker ? SaysRgb(stream.Span) : stream.ToArray();
        using Image image = Image.JpegloadBuffer(jpeg, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
        if (image.Width != frame.Width || image.Height != frame.Height || image.Bands != frame.Components || image.Format != Enums.BandFormat.Uchar)
        {
            throw new InvalidDataException();
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

    private static ushort[] Twelve(ReadOnlyMemory<byte> stream, JpegFrame frame, PixelFormat format)
    {
        // JpegLibrary decodes what is left of a truncated stream without a word.
        if (format.Samples != 1 || frame.Bits > 12 || !Fragments.EndsImage(stream.Span))
        {
            throw new InvalidDataException();
        }

        var decoder = new JpegLibrary.JpegDecoder();
        decoder.SetInput(stream);
        decoder.Identify();
        var blocks = new Blocks(format, frame.Bits);
        decoder.SetOutputWriter(blocks);
        decoder.Decode();
        return blocks.IsWhole ? blocks.Samples : throw new InvalidDataException();
    }

    // Takes 8 x 8 samples at a time; values beyond the range, which the inverse transform of lossy data gives, are cut.
    private sealed class Blocks(PixelFormat format, int bits) : JpegBlockOutputWriter
    {
        private int _written;

        public ushort[] Samples { get; } = new ushort[format.Count];

        public bool IsWhole => _written == format.Count;

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            int width = Math.Min(8, format.Columns - x);
            int height = Math.Min(8, format.Rows - y);
            if (x < 0 || y < 0 || width <= 0 || height <= 0)
            {
                return;
            }

            ReadOnlySpan<short> block = MemoryMarshal.CreateReadOnlySpan(ref blockRef, 64);
            for (int row = 0; row < height; row++)
            {
                Span<ushort> to = Samples.AsSpan(((y + row) * format.Columns) + x, width);
                for (int column = 0; column < width; column++)
                {
                    to[column] = (ushort)Math.Clamp((int)block[(8 * row) + column], 0, (1 << bits) - 1);
                }
            }

            _written += width * height;
        }
    }
}
