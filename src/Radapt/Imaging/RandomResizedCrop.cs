using Radapt.Compute;

namespace Radapt.Imaging;

/// <summary>torchvision's RandomResizedCrop with its defaults: which part of an image is cropped.</summary>
internal static class RandomResizedCrop
{
    /// <summary>torchvision's least share of the area.</summary>
    public const double StandardLeastScale = 0.08;

    private const double LeastRatio = 3.0 / 4; // width : height
    private const double MostRatio = 4.0 / 3;
    private const int Tries = 10;

    /// <summary>
    /// Area uniform in <paramref name="leastScale"/> to 1 of the image, aspect ratio log-uniform in 3/4 to 4/3, place uniform; ten tries
    /// to fit into the image, then the largest centred crop of an allowed ratio.
    /// </summary>
    public static PixelBox Draw(int width, int height, ref KeyedRandom random, double leastScale = StandardLeastScale)
    {
        double area = (double)width * height;
        for (int i = 0; i < Tries; i++)
        {
            double target = area * random.NextDouble(leastScale, 1);
            double ratio = Math.Exp(random.NextDouble(Math.Log(LeastRatio), Math.Log(MostRatio)));
            int w = (int)Math.Round(Math.Sqrt(target * ratio), MidpointRounding.ToEven);
            int h = (int)Math.Round(Math.Sqrt(target / ratio), MidpointRounding.ToEven);
            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                int y = random.NextInt32(height - h + 1);
                return new PixelBox(random.NextInt32(width - w + 1), y, w, h);
            }
        }

        double own = (double)width / height;
        int cropWidth = own > MostRatio ? Math.Max(1, (int)Math.Round(height * MostRatio, MidpointRounding.ToEven)) : width;
        int cropHeight = own < LeastRatio ? Math.Max(1, (int)Math.Round(width / LeastRatio, MidpointRounding.ToEven)) : height;
        return new PixelBox((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
    }
}
