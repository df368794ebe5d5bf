using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>The marker segments of a JPEG stream (ITU-T T.81, B.1.1.4) and the Huffman tables in them.</summary>
internal static class JpegSegments
{
    /// <summary>The next segment with content: its marker; <paramref name="at"/> is then behind it. 0: there is none.</summary>
    public static int Next(ReadOnlySpan<byte> stream, ref int at, out ReadOnlySpan<byte> segment)
    {
        while (at + 4 <= stream.Length)
        {
            if (stream[at] != 0xFF || stream[at + 1] is 0xFF or 0x00 or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at++; // fill bytes, what is left of a scan, markers without a segment
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 2)..]);
            int end = at + 2 + length;
            if (stream[at + 1] == 0xD9 || length < 2 || end > stream.Length)
            {
                break;
            }

            segment = stream[(at + 4)..end];
            int marker = stream[at + 1];
            at = end;
            return marker;
        }

        segment = default;
        return 0;
    }

    /// <summary>Reads the tables of a DHT segment (B.2.4.2) to their places: class x 16 + number.</summary>
    /// <exception cref="InvalidDataException">Damaged.</exception>
    public static void ReadHuffmanTables(ReadOnlySpan<byte> segment, HuffmanTable?[] tables, int largestSymbol)
    {
        while (segment.Length >= 17)
        {
            int id = segment[0];
            int count = 0;
            foreach (byte codes in segment[1..17])
            {
                count += codes;
            }

            if (id >= tables.Length || count == 0 || segment.Length < 17 + count)
            {
                throw new InvalidDataException("a Huffman table of the JPEG stream is damaged; copy or export the file again");
            }

            tables[id] = new HuffmanTable(segment[1..17], segment.Slice(17, count), largestSymbol);
            segment = segment[(17 + count)..];
        }
    }
}
