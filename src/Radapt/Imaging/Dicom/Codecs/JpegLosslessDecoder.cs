using System.Buffers.Binary;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// JPEG lossless, Huffman coded (ITU-T T.81, annex H; process 14): 2 to 16 bits, predictors 1 to 7, point transform, restart intervals, one
/// or three components, interleaved or a scan each. Its own code since JpegLibrary 0.4.32 decodes predictor 6 wrongly and takes
/// twice as long.
/// </summary>
internal static class JpegLosslessDecoder
{
    private const int LargestSymbol = 16; // bits of a difference

    /// <summary>Stream -> samples, interleaved, as the stream stores them.</summary>
    /// <exception cref="InvalidDataException">Truncated, damaged, or of another size than the format says.</exception>
    public static ushort[] Decode(ReadOnlySpan<byte> stream, PixelFormat format)
    {
        JpegFrame frame = JpegFrame.Read(stream);
        frame.Require(format);
        if (frame.Marker != 0xC3 || frame.Bits is < 2 or > 16)
        {
            throw new InvalidDataException(
                $"the pixels are JPEG of process 0x{frame.Marker:X2} and {frame.Bits} bits, not lossless JPEG as "
                    + $"{DicomTag.TransferSyntaxUid} says; export the file again");
        }

        // A pixel takes a bit at least, so that a small file cannot ask for much memory.
        if (stream.Length < (long)format.Count * format.Samples / 8)
        {
            throw Truncated();
        }

        var samples = new ushort[format.Count * format.Samples];
        var tables = new HuffmanTable?[4];
        var components = new byte[format.Samples];
        int decoded = 0;
        int restart = 0;
        int at = 2;
        while (decoded < components.Length)
        {
            switch (JpegSegments.Next(stream, ref at, out ReadOnlySpan<byte> segment))
            {
                case 0:
                    throw Truncated();
                case 0xC3:
                    ReadComponents(segment, components);
                    break;
                case 0xC4:
                    JpegSegments.ReadHuffmanTables(segment, tables, LargestSymbol);
                    break;
                case 0xDD when segment.Length >= 2:
                    restart = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA:
                    Scan scan = ReadScan(segment, components, tables, frame, restart);
                    at += DecodeScan(stream[at..], scan, format, samples);
                    decoded += scan.Components.Length;
                    break;
            }
        }

        return samples;
    }

    private readonly record struct Scan(int[] Components, HuffmanTable[] Tables, int Predictor, int PointTransform, int Bits, int Restart);

    private static void ReadComponents(ReadOnlySpan<byte> segment, byte[] components)
    {
        if (segment.Length < 6 + (3 * components.Length))
        {
            throw Damaged();
        }

        for (int c = 0; c < components.Length; c++)
        {
            components[c] = segment[6 + (3 * c)];
            if (components.Length > 1 && segment[7 + (3 * c)] != 0x11)
            {
                throw new InvalidDataException("lossless JPEG with subsampled colour is not read; convert the file");
            }
        }
    }

    private static Scan ReadScan(ReadOnlySpan<byte> segment, byte[] components, HuffmanTable?[] tables, JpegFrame frame, int restart)
    {
        int count = segment.Length > 0 ? segment[0] : 0;
        if ((count != 1 && count != components.Length) || segment.Length < 4 + (2 * count))
        {
            throw Damaged();
        }

        var indices = new int[count];
        var used = new HuffmanTable[count];
        for (int c = 0; c < count; c++)
        {
            indices[c] = Array.IndexOf(components, segment[1 + (2 * c)]);
            int table = segment[2 + (2 * c)] >> 4;
            if (indices[c] < 0 || table >= tables.Length)
            {
                throw Damaged();
            }

            used[c] = tables[table] ?? throw Damaged();
        }

        int predictor = segment[1 + (2 * count)];
        int point = segment[3 + (2 * count)] & 15;
        return predictor is >= 1 and <= 7 && point < frame.Bits && restart % frame.Width == 0
            ? new Scan(indices, used, predictor, point, frame.Bits, restart / frame.Width) : throw Damaged();
    }

    // Returns the bytes read. T.81, H.1.2.1: the first sample of a scan or restart interval is predicted by half the range, others of that
    // row
    // by their left neighbour, the first of other rows by the one above.
    private static int DecodeScan(ReadOnlySpan<byte> data, Scan scan, PixelFormat format, ushort[] samples)
    {
        var bits = new BitReader(data);
        int stride = format.Columns * format.Samples;
        bool isSingle = scan.Components.Length == 1;
        for (int row = 0; row < format.Rows; row++)
        {
            bool isFirst = row == 0;
            if (scan.Restart > 0 && row > 0 && row % scan.Restart == 0)
            {
                bits.Restart();
                isFirst = true;
            }

            Span<ushort> line = samples.AsSpan(row * stride, stride);
            ReadOnlySpan<ushort> above = isFirst ? default : samples.AsSpan((row - 1) * stride, stride);
            if (isSingle && format.Samples == 1)
            {
                GrayRow(ref bits, scan, line, above);
            }
            else
            {
                ColourRow(ref bits, scan, line, above, format.Samples);
            }

            if (bits.IsExhausted)
            {
                throw Truncated();
            }
        }

        if (scan.PointTransform > 0)
        {
            foreach (int c in scan.Components)
            {
                for (int i = c; i < samples.Length; i += format.Samples)
                {
                    samples[i] <<= scan.PointTransform;
                }
            }
        }

        return bits.Position;
    }

    private static void GrayRow(ref BitReader bits, Scan scan, Span<ushort> line, ReadOnlySpan<ushort> above)
    {
        HuffmanTable table = scan.Tables[0];
        int left = above.IsEmpty ? 1 << (scan.Bits - scan.PointTransform - 1) : above[0];
        left = (ushort)(left + bits.Difference(table));
        line[0] = (ushort)left;
        if (above.IsEmpty || scan.Predictor == 1)
        {
            for (int x = 1; x < line.Length; x++)
            {
                left = (ushort)(left + bits.Difference(table));
                line[x] = (ushort)left;
            }

            return;
        }

        above = above[..line.Length];
        int corner = above[0];
        for (int x = 1; x < line.Length; x++)
        {
            int up = above[x];
            left = (ushort)(Predict(scan.Predictor, left, up, corner) + bits.Difference(table));
            line[x] = (ushort)left;
            corner = up;
        }
    }

    private static void ColourRow(ref BitReader bits, Scan scan, Span<ushort> line, ReadOnlySpan<ushort> above, int samples)
    {
        for (int x = 0; x < line.Length; x += samples)
        {
            for (int c = 0; c < scan.Components.Length; c++)
            {
                int at = x + scan.Components[c];
                int prediction = x > 0
                    ? above.IsEmpty ? line[at - samples] : Predict(scan.Predictor, line[at - samples], above[at], above[at - samples])
                    : above.IsEmpty ? 1 << (scan.Bits - scan.PointTransform - 1) : above[at];
                line[at] = (ushort)(prediction + bits.Difference(scan.Tables[c]));
            }
        }
    }

    // T.81, table H.1.
    private static int Predict(int predictor, int left, int up, int corner) => predictor switch
    {
        1 => left,
        2 => up,
        3 => corner,
        4 => left + up - corner,
        5 => left + ((up - corner) >> 1),
        6 => up + ((left - corner) >> 1),
        _ => (left + up) >> 1,
    };

    private static InvalidDataException Truncated() =>
        new("the lossless JPEG stream is truncated or damaged; copy or export the file again");

    private static InvalidDataException Damaged() => new("the lossless JPEG stream is damaged; copy or export the file again");
}
