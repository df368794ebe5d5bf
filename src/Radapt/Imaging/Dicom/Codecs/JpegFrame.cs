using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>The frame header of a JPEG or JPEG-LS stream (ITU-T T.81, B.2.2; T.87, C.2.2), found without decoding anything.</summary>
/// <param name="Marker">0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS, others.</param>
/// <param name="Bits">Bits a sample.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Components">Samples a pixel.</param>
/// <param name="HasColourMarker">A JFIF or Adobe segment tells decoders how colour is stored.</param>
internal readonly record struct JpegFrame(int Marker, int Bits, int Height, int Width, int Components, bool HasColourMarker)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static JpegFrame Read(ReadOnlySpan<byte> stream)
    {
        if (stream is not [0xFF, 0xD8, ..])
        {
            throw new InvalidDataException("the pixels are not the JPEG stream that the header says; export the file again");
        }

        bool hasColourMarker = false;
        int at = 2;
        while (at + 4 <= stream.Length && stream[at] == 0xFF)
        {
            int marker = stream[at + 1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += marker == 0xFF ? 1 : 2; // a fill byte, or a marker without a segment
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 2)..]);
            if (length < 2 || at + 2 + length > stream.Length || marker is 0xD8 or 0xD9 or 0xDA)
            {
                break;
            }

            if (marker == 0xF7 || (marker is >= 0xC0 and <= 0xCF && marker is not (0xC4 or 0xC8 or 0xCC)))
            {
                return length < 8 ? throw Missing() : new JpegFrame(
                    marker, stream[at + 4], BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 5)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 7)..]), stream[at + 9], hasColourMarker);
            }

            hasColourMarker |= marker is 0xE0 or 0xEE;
            at += 2 + length;
        }

        throw Missing();
    }

    /// <summary>Demands the size, and at most the bits, that the DICOM header says: memory is taken for no more.</summary>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public void Require(PixelFormat format)
    {
        if (Width != format.Columns || Height != format.Rows || Components != format.Samples || Bits > format.BitsAllocated)
        {
            throw new InvalidDataException(
                $"the JPEG stream has {Width} x {Height} pixels of {Components} x {Bits} bits, but the header says {format.Columns} x "
                    + $"{format.Rows} of {format.Samples} x {format.BitsAllocated}; export the file again");
        }
    }

    private static InvalidDataException Missing() => new("the JPEG stream is damaged: no frame header was found; export the file again");
}
