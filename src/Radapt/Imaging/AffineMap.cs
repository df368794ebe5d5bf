namespace Radapt.Imaging;

/// <summary>
/// Where a pixel of the result comes from: (x, y) -> (Xx x + Xy y + X0, Yx x + Yy y + Y0), pixel centres at halves. Resampled as Pillow's
/// <c>Image.transform</c> does with <c>BICUBIC</c>: cubic convolution with a = -1, no antialias, edge pixels repeated, cut to 8 bits; what
/// comes from
/// outside of the image is filled.
/// </summary>
internal readonly record struct AffineMap(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    private const int Digits = 15; // Pillow rounds sine and cosine to these

    /// <summary>Rotation about the centre, counter-clockwise in degrees.</summary>
    public static AffineMap Rotation(double degrees, int width, int height)
    {
        double turned = degrees % 360;
        double angle = -((turned < 0 ? turned + 360 : turned) * (Math.PI / 180)); // as Python's % and radians
        double xx = Math.Round(Math.Cos(angle), Digits);
        double xy = Math.Round(Math.Sin(angle), Digits);
        double yx = Math.Round(-Math.Sin(angle), Digits);
        (double x, double y) = (width / 2.0, height / 2.0);
        return new AffineMap(xx, xy, (xx * -x) + (xy * -y) + x, yx, xx, (yx * -x) + (xx * -y) + y);
    }

    /// <summary>Rows shifted by their height times the factor.</summary>
    public static AffineMap ShearX(double factor) => new(1, factor, 0, 0, 1, 0);

    /// <summary>Columns shifted by their place times the factor.</summary>
    public static AffineMap ShearY(double factor) => new(1, 0, 0, factor, 1, 0);

    /// <summary>The result shows what is this many pixels to the right and below.</summary>
    public static AffineMap Translation(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>Resamples an image of <paramref name="width"/> pixels a row; <paramref name="result"/> is of the same size.</summary>
    public void Apply(ReadOnlySpan<byte> gray, int width, byte fill, Span<byte> result)
    {
        int height = gray.Length / width;
        for (int row = 0; row < height; row++)
        {
            double y = row + 0.5;
            for (int column = 0; column < width; column++)
            {
                double x = column + 0.5;
                double fromX = (Xx * x) + (Xy * y) + X0;
                double fromY = (Yx * x) + (Yy * y) + Y0;
                bool inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
                result[(row * width) + column] = inside ? Sample(gray, width, height, fromX - 0.5, fromY - 0.5) : fill;
            }
        }
    }

    private static byte Sample(ReadOnlySpan<byte> gray, int width, int height, double x, double y)
    {
        int left = (int)Math.Floor(x);
        int top = (int)Math.Floor(y);
        double dx = x - left;
        int x0 = Math.Max(left - 1, 0);
        int x1 = Math.Max(left, 0);
        int x2 = Math.Min(left + 1, width - 1);
        int x3 = Math.Min(left + 2, width - 1);
        Span<double> rows = stackalloc double[4];
        for (int r = 0; r < 4; r++)
        {
            ReadOnlySpan<byte> row = gray.Slice(Math.Clamp(top + r - 1, 0, height - 1) * width, width);
            rows[r] = Cubic(row[x0], row[x1], row[x2], row[x3], dx);
        }

        return (byte)Math.Clamp(Cubic(rows[0], rows[1], rows[2], rows[3], y - top), 0, 255);
    }

    // Pillow's order of operations, so that the cut to 8 bits falls on the same side.
    private static double Cubic(double a, double b, double c, double d, double t)
    {
        double p2 = -a + c;
        double p3 = (2 * (a - b)) + c - d;
        double p4 = -a + b - c + d;
        return b + (t * (p2 + (t * (p3 + (t * p4)))));
    }
}
