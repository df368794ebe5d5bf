namespace Radapt.Imaging;

/// <summary>
/// How a picture's gray levels are spread, which tells pictures that show hardly anything. The limits were chosen on 8,100 real radiographs
/// of
/// four sets; docs/data.md has the figures.
/// </summary>
/// <param name="Range">Levels from the 1st to the 99th percentile.</param>
/// <param name="Black">Share of the pixels that are black (0).</param>
/// <param name="White">Share of the pixels that are white (255).</param>
internal readonly record struct PictureLevels(int Range, float Black, float White)
{
    private const int LeastRange = 16; // gray levels; of real radiographs the flattest had 30
    private const float MostWhite = 0.4f; // of real radiographs the whitest had 0.19 pure white
    private const float MostBlack = 0.75f; // and the blackest, collimated ones, 0.48 pure black

    /// <summary>Hardly any contrast: 98 % of the pixels are within 16 gray levels.</summary>
    public bool IsBlank => Range < LeastRange;

    /// <summary>Not blank, and 40 % pure white or 75 % pure black.</summary>
    public bool IsSaturated => !IsBlank && (IsTooWhite || Black > MostBlack);

    /// <summary>More than 40 % of the pixels are pure white.</summary>
    public bool IsTooWhite => White > MostWhite;

    /// <summary>The levels of a decoded image.</summary>
    public static PictureLevels Measure(Radiograph image) => Measure(GrayOf(image));

    /// <summary>The levels of gray pixels, at least one.</summary>
    public static PictureLevels Measure(ReadOnlySpan<byte> gray)
    {
        Span<int> levels = stackalloc int[256];
        Count(gray, levels);
        return new PictureLevels(
            Percentile(levels, gray.Length, 0.99) - Percentile(levels, gray.Length, 0.01), levels[0] / (float)gray.Length,
                levels[255] / (float)gray.Length);
    }

    /// <summary>The gray pixels of an image; of colours their luminance.</summary>
    public static byte[] GrayOf(Radiograph image)
    {
        if (image.Channels == 1)
        {
            return image.Pixels;
        }

        byte[] rgb = image.Pixels;
        var gray = new byte[rgb.Length / 3];
        for (int i = 0, s = 0; i < gray.Length; i++, s += 3)
        {
            gray[i] = (byte)(((77 * rgb[s]) + (150 * rgb[s + 1]) + (29 * rgb[s + 2]) + 128) >> 8); // ITU-R BT.601
        }

        return gray;
    }

    // Four tables, since equal neighbours would wait for one another's increment.
    private static void Count(ReadOnlySpan<byte> gray, Span<int> levels)
    {
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        int i = 0;
        for (; i <= gray.Length - 4; i += 4)
        {
            counts[gray[i]]++;
            counts[256 + gray[i + 1]]++;
            counts[512 + gray[i + 2]]++;
            counts[768 + gray[i + 3]]++;
        }

        for (; i < gray.Length; i++)
        {
            counts[gray[i]]++;
        }

        for (int level = 0; level < 256; level++)
        {
            levels[level] = counts[level] + counts[256 + level] + counts[512 + level] + counts[768 + level];
        }
    }

    private static int Percentile(ReadOnlySpan<int> levels, int count, double share)
    {
        long below = 0;
        for (int level = 0; level < 256; level++)
        {
            below += levels[level];
            if (below >= share * count)
            {
                return level;
            }
        }

        return 255;
    }
}
