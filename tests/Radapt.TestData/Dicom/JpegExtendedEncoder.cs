namespace Radapt.TestData.Dicom;

/// <summary>
/// Sequential JPEG of one component with up to 12 bits (ITU-T T.81, process 4): the plain cosine transform, finely quantised.
/// </summary>
internal static class JpegExtendedEncoder
{
    private const int Step = 4; // of quantisation

    private static readonly byte[] s_zigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    // Runs of 0 to 15 zeros before 1 to 14 bits, the end of a block, sixteen zeros: all of eight bits.
    private static readonly byte[] s_runs = [0x00, 0xF0, .. Enumerable.Range(0, 224).Select(i => (byte)((i / 14 << 4) | ((i % 14) + 1)))];

    public static byte[] Encode(ReadOnlySpan<ushort> samples, int width, int height, int bits)
    {
        var jpeg = new JpegBits();
        jpeg.Segment(0xDB, [0, .. Enumerable.Repeat((byte)Step, 64)]);
        jpeg.Segment(0xC4, [0x00, 0, 0, 0, 0, 16, .. new byte[11], .. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        jpeg.Segment(0xC4, [0x10, 0, 0, 0, 0, 0, 0, 0, (byte)s_runs.Length, .. new byte[8], .. s_runs]);
        jpeg.Frame(0xC1, bits, height, width, 1);
        jpeg.Segment(0xDA, 1, 1, 0, 0, 63, 0);
        int last = 0;
        for (int y = 0; y < height; y += 8)
        {
            for (int x = 0; x < width; x += 8)
            {
                last = Block(jpeg, Coefficients(samples, width, height, x, y, 1 << (bits - 1)), last);
            }
        }

        jpeg.Marker(0xD9);
        return jpeg.Bytes;
    }

    private static int Block(JpegBits jpeg, int[] coefficients, int last)
    {
        int difference = coefficients[0] - last;
        int category = JpegBits.Category(difference);
        jpeg.Put(category, 5);
        jpeg.PutMagnitude(difference, category);
        int zeros = 0;
        for (int k = 1; k < 64; k++)
        {
            int value = coefficients[s_zigZag[k]];
            if (value == 0)
            {
                zeros++;
                continue;
            }

            for (; zeros > 15; zeros -= 16)
            {
                jpeg.Put(1, 8); // sixteen zeros
            }

            category = JpegBits.Category(value);
            jpeg.Put(2 + (zeros * 14) + category - 1, 8);
            jpeg.PutMagnitude(value, category);
            zeros = 0;
        }

        if (zeros > 0)
        {
            jpeg.Put(0, 8);
        }

        return coefficients[0];
    }

    private static int[] Coefficients(ReadOnlySpan<ushort> samples, int width, int height, int left, int top, int middle)
    {
        var rows = new double[64];
        var result = new int[64];
        for (int y = 0; y < 8; y++)
        {
            for (int u = 0; u < 8; u++)
            {
                for (int x = 0; x < 8; x++)
                {
                    int at = (Math.Min(top + y, height - 1) * width) + Math.Min(left + x, width - 1);
                    rows[(8 * y) + u] += (samples[at] - middle) * Cosine(x, u);
                }
            }
        }

        for (int v = 0; v < 8; v++)
        {
            for (int u = 0; u < 8; u++)
            {
                double sum = 0;
                for (int y = 0; y < 8; y++)
                {
                    sum += rows[(8 * y) + u] * Cosine(y, v);
                }

                result[(8 * v) + u] = (int)Math.Round(sum / Step);
            }
        }

        return result;
    }

    private static double Cosine(int x, int u) => Math.Cos(((2 * x) + 1) * u * Math.PI / 16) * (u == 0 ? Math.Sqrt(0.125) : 0.5);
}
