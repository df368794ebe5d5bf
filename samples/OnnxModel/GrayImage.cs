using StbImageSharp;

namespace OnnxModel;

/// <summary>
/// An 8-bit gray image, with the resizing that Radapt's models were trained with: Pillow's bicubic filter, and torchvision's sizes.
/// </summary>
internal sealed record GrayImage(int Width, int Height, byte[] Levels)
{
    /// <summary>Reads a PNG or JPEG file of 8 bits. A DICOM file needs its own reader, and the gray levels of a view.</summary>
    public static GrayImage Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        ImageResult image = ImageResult.FromStream(file, ColorComponents.Grey);
        return new GrayImage(image.Width, image.Height, image.Data);
    }

    /// <summary>The shorter side becomes the size; the longer one keeps the proportions and is truncated.</summary>
    public GrayImage Resize(int shorter)
    {
        (int width, int height) = Width <= Height ? (shorter, (int)((long)shorter * Height / Width))
            : ((int)((long)shorter * Width / Height), shorter);
        GrayImage wide = Width == width ? this : new GrayImage(width, Height, Filter(Levels, Width, width, Height, 1, Width, width));
        return Height == height ? wide
            : new GrayImage(width, height, Filter(wide.Levels, Height, height, width, width, 1, 1, width));
    }

    /// <summary>The square in the middle, with black around an image that is smaller.</summary>
    public byte[] Crop(int size)
    {
        var square = new byte[size * size];
        (int left, int top) = (Offset(Width, size), Offset(Height, size));
        for (int y = Math.Max(0, -top); y < Math.Min(size, Height - top); y++)
        {
            for (int x = Math.Max(0, -left); x < Math.Min(size, Width - left); x++)
            {
                square[(y * size) + x] = Levels[((y + top) * Width) + x + left];
            }
        }

        return square;
    }

    private static int Offset(int side, int size) =>
        side >= size ? (int)Math.Round((side - size) / 2.0, MidpointRounding.ToEven) : -((size - side) / 2);

    // One axis: `from` levels become `to`, in each of the lines. Steps are from level to level, and from line to line.
    private static byte[] Filter(byte[] levels, int from, int to, int lines, int step, int lineStep, int newLineStep, int newStep = 1)
    {
        var filtered = new byte[to * lines];
        double scale = (double)from / to;
        double stretch = Math.Max(scale, 1); // antialias
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int start = Math.Max(0, (int)(centre - (2 * stretch) + 0.5));
            int end = Math.Min(from, (int)(centre + (2 * stretch) + 0.5));
            double[] weights = [.. Enumerable.Range(start, end - start).Select(x => Cubic((x + 0.5 - centre) / stretch))];
            double sum = weights.Sum();
            for (int line = 0; line < lines; line++)
            {
                double level = 0;
                for (int x = start; x < end; x++)
                {
                    level += weights[x - start] / sum * levels[(line * lineStep) + (x * step)];
                }

                filtered[(line * newLineStep) + (i * newStep)] = (byte)Math.Clamp(Math.Floor(level + 0.5), 0, 255);
            }
        }

        return filtered;
    }

    // Keys' cubic with a = -0.5.
    private static double Cubic(double x) => Math.Abs(x) switch
    {
        < 1 and var d => (((1.5 * d) - 2.5) * d * d) + 1,
        < 2 and var d => (((((-0.5 * d) + 2.5) * d) - 4) * d) + 2,
        _ => 0,
    };
}
