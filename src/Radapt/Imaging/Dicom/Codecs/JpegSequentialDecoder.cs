using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// Sequential JPEG of one component, Huffman coded, 8 or 12 bits (ITU-T T.81, annex F; processes 1, 2 and 4). Its own code since libvips
/// decodes 8 bits only, and JpegLibrary 0.4.32 went on for seconds over some damaged streams that fuzzing made.
/// </summary>
internal static class JpegSequentialDecoder
{
    private const int BlockSide = 8;

    private static readonly byte[] s_zigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    // Row u: the cosine of frequency u at the places 0 to 7 (T.81, A.3.3).
    private static readonly float[] s_cosines =
    [
        .. Enumerable.Range(0, 64)
        .Select(i => (float)(Math.Cos(((2 * (i % 8)) + 1) * (i / 8) * Math.PI / 16) * (i < 8 ? Math.Sqrt(0.125) : 0.5))),
    ];

    /// <summary>Stream -> samples.</summary>
    /// <exception cref="InvalidDataException">Truncated, damaged, or not of this kind.</exception>
    public static ushort[] Decode(ReadOnlySpan<byte> stream, PixelFormat format, JpegFrame frame)
    {
        // A block of 64 takes two bits at least, so that a small file cannot ask for much memory.
        if (frame.Components != 1 || frame.Marker > 0xC1 || frame.Bits is < 2 or > 12 || stream.Length < format.Count / 256)
        {
            throw Damaged();
        }

        var huffman = new HuffmanTable?[0x14];
        var quantisation = new float[4][];
        int restart = 0;
        int table = 0;
        int at = 2;
        while (true)
        {
            switch (JpegSegments.Next(stream, ref at, out ReadOnlySpan<byte> segment))
            {
                case 0:
                    throw Damaged();
                case 0xC0 or 0xC1:
                    table = segment.Length > 8 ? segment[8] : 0;
                    break;
                case 0xC4:
                    JpegSegments.ReadHuffmanTables(segment, huffman, byte.MaxValue);
                    break;
                case 0xDB:
                    ReadQuantisation(segment, quantisation);
                    break;
                case 0xDD when segment.Length >= 2:
                    restart = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA:
                    if (segment.Length < 6 || segment[0] != 1 || (segment[2] & 0xEC) != 0 || table > 3)
                    {
                        throw Damaged();
                    }

                    HuffmanTable first = huffman[segment[2] >> 4] ?? throw Damaged();
                    HuffmanTable others = huffman[0x10 + (segment[2] & 15)] ?? throw Damaged();
                    return DecodeScan(stream[at..], format, frame.Bits, first, others, quantisation[table] ?? throw Damaged(), restart);
            }
        }
    }

    private static void ReadQuantisation(ReadOnlySpan<byte> segment, float[][] tables)
    {
        while (segment.Length > 0)
        {
            int size = segment[0] >> 4 == 0 ? 1 : 2;
            int id = segment[0] & 15;
            if (id > 3 || segment.Length < 1 + (64 * size))
            {
                throw Damaged();
            }

            var steps = new float[64];
            for (int k = 0; k < 64; k++)
            {
                steps[k] = size == 1 ? segment[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + (2 * k))..]);
            }

            tables[id] = steps;
            segment = segment[(1 + (64 * size))..];
        }
    }

    private static ushort[] DecodeScan(
        ReadOnlySpan<byte> data, PixelFormat format, int precision, HuffmanTable first, HuffmanTable others, float[] steps, int restart)
    {
        var samples = new ushort[format.Count];
        var bits = new BitReader(data);
        Span<float> block = stackalloc float[64];
        int last = 0;
        int done = 0;
        for (int top = 0; top < format.Rows; top += BlockSide)
        {
            for (int left = 0; left < format.Columns; left += BlockSide, done++)
            {
                if (restart > 0 && done > 0 && done % restart == 0)
                {
                    bits.Restart();
                    last = 0;
                }

                block.Clear();
                last = ReadBlock(ref bits, first, others, steps, last, block);
                Transform(block);
                Place(block, samples, format, left, top, precision);
            }

            if (bits.IsExhausted)
            {
                throw Damaged();
            }
        }

        return samples;
    }

    // T.81, F.2.2: the difference of the first coefficient, then runs of zeros with the coefficient that ends them. Returns the first
    // coefficient.
    private static int ReadBlock(ref BitReader bits, HuffmanTable first, HuffmanTable others, float[] steps, int last,
        scoped Span<float> block)
    {
        int size = bits.Symbol(first);
        if (size > 15)
        {
            throw Damaged();
        }

        last += bits.Value(size);
        block[0] = last * steps[0];
        for (int k = 1; k < 64; k++)
        {
            int symbol = bits.Symbol(others);
            size = symbol & 15;
            k += symbol >> 4;
            if (size == 0)
            {
                if (symbol != 0xF0)
                {
                    break; // the rest is zero
                }

                continue;
            }

            if (k > 63)
            {
                throw Damaged();
            }

            block[s_zigZag[k]] = bits.Value(size) * steps[k];
        }

        return last;
    }

    // The inverse cosine transform: along the rows, then along the columns, eight places at a time.
    private static void Transform(Span<float> block)
    {
        Span<float> rows = stackalloc float[64];
        for (int v = 0; v < BlockSide; v++)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int u = 0; u < BlockSide; u++)
            {
                sum += block[(8 * v) + u] * Vector256.Create(s_cosines, 8 * u);
            }

            sum.CopyTo(rows[(8 * v)..]);
        }

        for (int y = 0; y < BlockSide; y++)
        {
            Vector256<float> sum = Vector256<float>.Zero;
            for (int v = 0; v < BlockSide; v++)
            {
                sum += s_cosines[(8 * v) + y] * Vector256.Create<float>(rows.Slice(8 * v, 8));
            }

            sum.CopyTo(block[(8 * y)..]);
        }
    }

    private static void Place(ReadOnlySpan<float> block, Span<ushort> samples, PixelFormat format, int left, int top, int precision)
    {
        int middle = 1 << (precision - 1);
        int width = Math.Min(BlockSide, format.Columns - left);
        int height = Math.Min(BlockSide, format.Rows - top);
        for (int y = 0; y < height; y++)
        {
            Span<ushort> line = samples.Slice(((top + y) * format.Columns) + left, width);
            for (int x = 0; x < width; x++)
            {
                line[x] = (ushort)Math.Clamp(MathF.Round(block[(8 * y) + x]) + middle, 0, (2 * middle) - 1);
            }
        }
    }

    private static InvalidDataException Damaged() => new("the JPEG stream is truncated or damaged; copy or export the file again");
}
