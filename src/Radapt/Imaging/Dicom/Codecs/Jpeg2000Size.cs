using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>The size segment of a JPEG 2000 codestream (ITU-T T.800, A.5.1), read without decoding anything.</summary>
internal static class Jpeg2000Size
{
    private static ReadOnlySpan<byte> Start => [0xFF, 0x4F, 0xFF, 0x51];

    /// <summary>Whether a stream is JPEG 2000: a codestream, or a JP2 file around one.</summary>
    public static bool IsJpeg2000(ReadOnlySpan<byte> stream) =>
        stream.StartsWith(Start) || (stream.Length > 12 && stream[4..8].SequenceEqual("jP  "u8));

    /// <summary>Bits of a sample of the first component, and whether it is signed (Ssiz).</summary>
    /// <exception cref="InvalidDataException">There is no codestream.</exception>
    public static (int Bits, bool IsSigned) Sample(ReadOnlySpan<byte> stream)
    {
        ReadOnlySpan<byte> segment = stream[Find(stream)..];
        return segment.Length > 42 ? ((segment[42] & 0x7F) + 1, segment[42] >= 0x80) : throw Truncated();
    }

    /// <summary>Where the codestream begins: at once, as DICOM has it, or within the boxes of a JP2 file.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static int Find(ReadOnlySpan<byte> stream)
    {
        int at = IsJpeg2000(stream) ? stream.IndexOf(Start) : -1;
        return at >= 0 ? at
            : throw new InvalidDataException("the pixels are not the JPEG 2000 codestream that the header says; export the file again");
    }

    /// <summary>Demands the size that the DICOM header says.</summary>
    /// <exception cref="InvalidDataException">It differs, or is damaged.</exception>
    public static void Require(ReadOnlySpan<byte> stream, PixelFormat format)
    {
        ReadOnlySpan<byte> segment = stream[Find(stream)..];
        if (segment.Length < 42)
        {
            throw Truncated();
        }

        long width = (long)Number(segment, 8) - Number(segment, 16);
        long height = (long)Number(segment, 12) - Number(segment, 20);
        int components = BinaryPrimitives.ReadUInt16BigEndian(segment[40..]);
        if (width != format.Columns || height != format.Rows || components != format.Samples)
        {
            throw new InvalidDataException(
                $"the JPEG 2000 codestream has {width} x {height} pixels of {components} samples, but the header says {format.Columns} x "
                    + $"{format.Rows} of {format.Samples}; export the file again");
        }

        // Tiles far smaller than the image cost memory each.
        long tiles = (((long)Number(segment, 8) - Number(segment, 32)) / Math.Max(1, Number(segment, 24)))
            * (((long)Number(segment, 12) - Number(segment, 36)) / Math.Max(1, Number(segment, 28)));
        if (tiles is < 0 or > 65_535)
        {
            throw new InvalidDataException("the JPEG 2000 codestream has more tiles than there can be; export the file again");
        }
    }

    private static InvalidDataException Truncated() => new("the JPEG 2000 codestream is truncated; copy or export the file again");

    private static uint Number(ReadOnlySpan<byte> segment, int at) => BinaryPrimitives.ReadUInt32BigEndian(segment[at..]);
}
