namespace Radapt.TestData.Dicom;

/// <summary>JPEG lossless (ITU-T T.81, annex H), with everything a decoder may meet to choose from.</summary>
internal sealed class JpegLosslessEncoder(int width, int height, int bits)
{
    // One code for each number of bits of a difference, 0 to 16; the frequent ones are short.
    private static readonly byte[] s_lengths = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    private static readonly byte[] s_symbols = [4, 3, 5, 2, 6, 1, 7, 0, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    public int Predictor { get; init; } = 1;

    public int PointTransform { get; init; }

    /// <summary>Rows of a restart interval; 0: none.</summary>
    public int RestartRows { get; init; }

    public int Components { get; init; } = 1;

    /// <summary>Interleaved samples -> a stream.</summary>
    public byte[] Encode(ReadOnlySpan<ushort> samples)
    {
        var jpeg = new JpegBits();
        jpeg.Segment(0xC4, [0, .. s_lengths, .. s_symbols]);
        jpeg.Frame(0xC3, bits, height, width, Components);
        if (RestartRows > 0)
        {
            jpeg.Segment(0xDD, (byte)((RestartRows * width) >> 8), (byte)(RestartRows * width));
        }

        byte[] components = [.. Enumerable.Range(1, Components).SelectMany(c => new byte[] { (byte)c, 0 })];
        jpeg.Segment(0xDA, [(byte)Components, .. components, (byte)Predictor, 0, (byte)PointTransform]);
        for (int y = 0; y < height; y++)
        {
            bool isFirst = y == 0 || (RestartRows > 0 && y % RestartRows == 0);
            if (isFirst && y > 0)
            {
                jpeg.Marker((byte)(0xD0 + (((y / RestartRows) - 1) % 8)));
            }

            for (int i = 0; i < width * Components; i++)
            {
                int at = (y * width * Components) + i;
                int difference = (short)(At(samples, at) - Predict(samples, at, i < Components, isFirst));
                int category = difference == short.MinValue ? 16 : JpegBits.Category(difference);
                PutCode(jpeg, category);
                if (category < 16)
                {
                    jpeg.PutMagnitude(difference, category);
                }
            }
        }

        jpeg.Marker(0xD9);
        return jpeg.Bytes;
    }

    private int At(ReadOnlySpan<ushort> samples, int at) => samples[at] >> PointTransform;

    private int Predict(ReadOnlySpan<ushort> samples, int at, bool isLeftmost, bool isFirst)
    {
        if (isLeftmost)
        {
            return isFirst ? 1 << (bits - PointTransform - 1) : At(samples, at - (width * Components));
        }

        int left = At(samples, at - Components);
        if (isFirst)
        {
            return left;
        }

        int up = At(samples, at - (width * Components));
        int corner = At(samples, at - (width * Components) - Components);
        return Predictor switch
        {
            1 => left,
            2 => up,
            3 => corner,
            4 => left + up - corner,
            5 => left + ((up - corner) >> 1),
            6 => up + ((left - corner) >> 1),
            _ => (left + up) >> 1,
        };
    }

    private static void PutCode(JpegBits jpeg, int symbol)
    {
        int code = 0;
        int s = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            for (int i = 0; i < s_lengths[length - 1]; i++, s++, code++)
            {
                if (s_symbols[s] == symbol)
                {
                    jpeg.Put(code, length);
                    return;
                }
            }
        }
    }
}
