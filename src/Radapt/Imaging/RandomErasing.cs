using Radapt.Compute;

namespace Radapt.Imaging;

/// <summary>
/// Random erasing (Zhong et al. 2020) as the paper's AdamW recipes set timm's: with probability 0.25, one rectangle of the normalised image
/// becomes noise.
/// </summary>
internal static class RandomErasing
{
    private const double Probability = 0.25;
    private const double LeastArea = 0.02; // of the image
    private const double MostArea = 1.0 / 3;
    private const double LeastRatio = 0.3; // height : width
    private const int Tries = 10;

    // Upstream draws normal noise for each of three channels. Where the network weighs them alike, as one trained on gray images does, it
    // sees
    // their mean, and that is what the one channel here holds.
    private static readonly double s_deviation = 1 / Math.Sqrt(3);

    /// <summary>
    /// Draws whether and where, and erases there. <paramref name="values"/> are normalised, <paramref name="width"/> a row.
    /// </summary>
    public static void Apply(Span<float> values, int width, ref KeyedRandom random)
    {
        if (random.NextDouble() >= Probability || Draw(width, values.Length / width, ref random) is not { } box)
        {
            return;
        }

        for (int y = box.Y; y < box.Y + box.Height; y++)
        {
            foreach (ref float value in values.Slice((y * width) + box.X, box.Width))
            {
                value = (float)(s_deviation * random.NextGaussian());
            }
        }
    }

    /// <summary>Area uniform in 2 to 33 % of the image, aspect ratio log-uniform in 0.3 to 1 / 0.3; none if ten such do not fit.</summary>
    public static PixelBox? Draw(int width, int height, ref KeyedRandom random)
    {
        for (int i = 0; i < Tries; i++)
        {
            double area = random.NextDouble(LeastArea, MostArea) * width * height;
            double ratio = Math.Exp(random.NextDouble(Math.Log(LeastRatio), -Math.Log(LeastRatio)));
            int h = (int)Math.Round(Math.Sqrt(area * ratio), MidpointRounding.ToEven);
            int w = (int)Math.Round(Math.Sqrt(area / ratio), MidpointRounding.ToEven);
            if (w < width && h < height)
            {
                int y = random.NextInt32(height - h + 1);
                return new PixelBox(random.NextInt32(width - w + 1), y, w, h);
            }
        }

        return null;
    }
}
