namespace Radapt.Imaging;

/// <summary>
/// Operations on single pixels of an 8-bit gray image, in place, each with the values that Pillow's <c>ImageOps</c> and <c>ImageEnhance</c>
/// give.
/// </summary>
internal static class GrayOperations
{
    private const int Levels = 256;

    /// <summary>
    /// Stretches the levels so that the darkest becomes 0 and the brightest 255; one level alone stays (<c>ImageOps.autocontrast</c>).
    /// </summary>
    public static void AutoContrast(Span<byte> gray)
    {
        Span<int> histogram = stackalloc int[Levels];
        Count(gray, histogram);
        int low = 0;
        while (low < Levels - 1 && histogram[low] == 0)
        {
            low++;
        }

        int high = Levels - 1;
        while (high > 0 && histogram[high] == 0)
        {
            high--;
        }

        if (high <= low)
        {
            return;
        }

        double scale = 255.0 / (high - low);
        double offset = -low * scale;
        Span<byte> table = stackalloc byte[Levels];
        for (int level = 0; level < Levels; level++)
        {
            table[level] = (byte)Math.Clamp((int)((level * scale) + offset), 0, 255);
        }

        Map(gray, table);
    }

    /// <summary>Makes all levels about equally frequent (<c>ImageOps.equalize</c>); an image that one level all but fills stays.</summary>
    public static void Equalize(Span<byte> gray)
    {
        Span<int> histogram = stackalloc int[Levels];
        Count(gray, histogram);
        int last = histogram.LastIndexOfAnyExcept(0);
        int step = (gray.Length - histogram[last]) / 255;
        if (step == 0)
        {
            return;
        }

        Span<byte> table = stackalloc byte[Levels];
        int below = step / 2;
        for (int level = 0; level < Levels; level++)
        {
            table[level] = (byte)Math.Min(255, below / step);
            below += histogram[level];
        }

        Map(gray, table);
    }

    /// <summary>Level -> 255 - level.</summary>
    public static void Invert(Span<byte> gray) => Solarize(gray, 0);

    /// <summary>Keeps the highest <paramref name="bits"/> bits of every level; with 0 all is black.</summary>
    public static void Posterize(Span<byte> gray, int bits)
    {
        byte mask = (byte)~((1 << (8 - bits)) - 1);
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] &= mask;
        }
    }

    /// <summary>Inverts the levels from <paramref name="threshold"/> on.</summary>
    public static void Solarize(Span<byte> gray, int threshold)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = gray[i] < threshold ? gray[i] : (byte)(255 - gray[i]);
        }
    }

    /// <summary>Adds <paramref name="added"/> to the levels below 128; what passes 255 stays there.</summary>
    public static void SolarizeAdd(Span<byte> gray, int added)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = gray[i] < 128 ? (byte)Math.Min(255, gray[i] + added) : gray[i];
        }
    }

    /// <summary>
    /// Moves every level away from (factor above 1) or towards the mean, which is rounded (<c>ImageEnhance.Contrast</c>).
    /// </summary>
    public static void Contrast(Span<byte> gray, double factor)
    {
        Span<int> histogram = stackalloc int[Levels];
        Count(gray, histogram);
        long sum = 0;
        for (int level = 0; level < Levels; level++)
        {
            sum += (long)level * histogram[level];
        }

        BlendFrom((int)(((double)sum / gray.Length) + 0.5), gray, factor);
    }

    /// <summary>Multiplies every level (<c>ImageEnhance.Brightness</c>).</summary>
    public static void Brightness(Span<byte> gray, double factor) => BlendFrom(0, gray, factor);

    /// <summary>
    /// Moves every pixel away from (factor above 1) or towards its smoothed neighbourhood (<c>ImageEnhance.Sharpness</c>).
    /// </summary>
    /// <param name="gray">The image, in place.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="factor">1: nothing changes; 0: <c>ImageFilter.SMOOTH</c>.</param>
    /// <param name="before">Room for as many pixels.</param>
    public static void Sharpness(Span<byte> gray, int width, double factor, Span<byte> before)
    {
        // SMOOTH: the pixel five times and its eight neighbours once, by 13; the outermost pixels stay.
        gray.CopyTo(before);
        int height = gray.Length / width;
        float alpha = (float)factor;
        for (int y = 1; y < height - 1; y++)
        {
            ReadOnlySpan<byte> above = before.Slice((y - 1) * width, width);
            ReadOnlySpan<byte> row = before.Slice(y * width, width);
            ReadOnlySpan<byte> below = before.Slice((y + 1) * width, width);
            Span<byte> to = gray.Slice(y * width, width);
            for (int x = 1; x < width - 1; x++)
            {
                int sum =
                    above[x - 1] + above[x] + above[x + 1]
                    + row[x - 1] + (5 * row[x]) + row[x + 1]
                    + below[x - 1] + below[x] + below[x + 1];
                to[x] = Blend(((2 * sum) + 13) / 26, row[x], alpha);
            }
        }
    }

    // Pillow's blend of one level with all others, as a table.
    private static void BlendFrom(int from, Span<byte> gray, double factor)
    {
        Span<byte> table = stackalloc byte[Levels];
        for (int level = 0; level < Levels; level++)
        {
            table[level] = Blend(from, level, (float)factor);
        }

        Map(gray, table);
    }

    // In float32 and cut, not rounded.
    private static byte Blend(int from, int to, float alpha) => (byte)Math.Clamp(from + (alpha * (to - from)), 0, 255);

    private static void Count(ReadOnlySpan<byte> gray, Span<int> histogram)
    {
        foreach (byte level in gray)
        {
            histogram[level]++;
        }
    }

    private static void Map(Span<byte> gray, ReadOnlySpan<byte> table)
    {
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = table[gray[i]];
        }
    }
}
