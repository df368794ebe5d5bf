namespace Radapt.Imaging.Dicom;

/// <summary>An image for the eye: gray of up to 16 bits, brighter where the value is larger, with a window to begin with.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Values">Row after row.</param>
/// <param name="Maximum">The largest value that can occur.</param>
/// <param name="WindowLow">Black up to here.</param>
/// <param name="WindowHigh">White from here on; above <paramref name="WindowLow"/>.</param>
internal sealed record DisplayedImage(int Width, int Height, ushort[] Values, int Maximum, int WindowLow, int WindowHigh)
{
    /// <summary>Width before it was made smaller.</summary>
    public int OriginalWidth { get; private init; } = Width;

    /// <summary>Height before it was made smaller.</summary>
    public int OriginalHeight { get; private init; } = Height;

    /// <summary>An image of 8 bits; colour becomes gray.</summary>
    public static DisplayedImage From(Radiograph image)
    {
        var gray = new byte[image.Width * image.Height];
        GrayTensor.ToGray(image.Pixels, image.Channels, gray);
        return new DisplayedImage(image.Width, image.Height, Array.ConvertAll(gray, g => (ushort)g), 255, 0, 255);
    }

    /// <summary>Stored gray samples, all levels kept.</summary>
    /// <param name="pixels">The samples.</param>
    /// <param name="table">What 8-bit level each has where values of interest, inversion and slope are applied.</param>
    public static DisplayedImage FromGray(StoredPixels pixels, byte[] table)
    {
        PixelFormat format = pixels.Format;
        int maximum = (1 << format.BitsStored) - 1;
        int least = format.IsSigned ? -(1 << (format.BitsStored - 1)) : 0;
        var occurs = new bool[ushort.MaxValue + 1]; // millions of samples have few values
        foreach (ushort sample in pixels.Samples)
        {
            occurs[sample] = true;
        }

        int[] samples = [.. Enumerable.Range(0, occurs.Length).Where(s => occurs[s]).OrderBy(pixels.ValueOf)];
        bool isTurned = table[samples[0]] > table[samples[^1]]; // MONOCHROME1, or a falling slope
        int low = 0, high = maximum;
        foreach (int sample in isTurned ? samples.Reverse() : samples)
        {
            low = table[sample] == 0 ? Value(sample) : low;
            if (table[sample] == 255)
            {
                high = Value(sample);
                break;
            }
        }

        var values = new ushort[occurs.Length];
        foreach (int sample in samples)
        {
            values[sample] = (ushort)Value(sample);
        }

        return new DisplayedImage(format.Columns, format.Rows, Array.ConvertAll(pixels.Samples, s => values[s]), maximum,
            Math.Min(low, high - 1), high);

        int Value(int sample)
        {
            int value = pixels.ValueOf(sample) - least;
            return isTurned ? maximum - value : value;
        }
    }

    /// <summary>The same with sides of at most so many pixels: each is the mean of those that it replaces.</summary>
    public DisplayedImage Shrink(int side)
    {
        double factor = Math.Max(Width, Height) / (double)side;
        if (factor <= 1)
        {
            return this;
        }

        int width = Math.Max(1, (int)(Width / factor)), height = Math.Max(1, (int)(Height / factor));
        var values = new ushort[width * height];
        for (int y = 0; y < height; y++)
        {
            (int top, int bottom) = ((int)((long)y * Height / height), (int)((long)(y + 1) * Height / height));
            for (int x = 0; x < width; x++)
            {
                (int left, int right) = ((int)((long)x * Width / width), (int)((long)(x + 1) * Width / width));
                long sum = 0;
                for (int row = top; row < bottom; row++)
                {
                    for (int column = left; column < right; column++)
                    {
                        sum += Values[(row * Width) + column];
                    }
                }

                values[(y * width) + x] = (ushort)(sum / ((long)(bottom - top) * (right - left)));
            }
        }

        return this with { Width = width, Height = height, Values = values };
    }
}
