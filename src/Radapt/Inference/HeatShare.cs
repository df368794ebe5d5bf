namespace Radapt.Inference;

/// <summary>
/// How much of a heat map is where the finding is: the share of its sum inside the finding's mask (the energy-based pointing game of Wang
/// and others, Score-CAM, 2020). A map that is the same everywhere has the mask's share of the image.
/// </summary>
internal static class HeatShare
{
    /// <summary>The share.</summary>
    /// <param name="heat">(G, G) row by row; what is below 0 counts as 0.</param>
    /// <param name="mask">(S, S) row by row: other than 0 where the finding is; S is a multiple of G, and the heat of a patch is spread
    /// evenly over its pixels.</param>
    /// <returns>0 to 1; null where the map is 0 everywhere.</returns>
    public static double? Compute(ReadOnlySpan<float> heat, ReadOnlySpan<byte> mask)
    {
        int grid = (int)Math.Sqrt(heat.Length), side = (int)Math.Sqrt(mask.Length);
        int patch = side / grid;
        (double inside, double all) = (0, 0);
        for (int i = 0; i < heat.Length; i++)
        {
            int covered = 0;
            for (int y = i / grid * patch; y < ((i / grid) + 1) * patch; y++)
            {
                foreach (byte pixel in mask.Slice((y * side) + (i % grid * patch), patch))
                {
                    covered += pixel == 0 ? 0 : 1;
                }
            }

            double value = Math.Max(0, heat[i]);
            inside += value * covered / (patch * patch);
            all += value;
        }

        return all == 0 ? null : inside / all;
    }

    /// <summary>A map that is warmest in the middle: a Gaussian whose standard deviation is a quarter of the side.</summary>
    /// <param name="grid">G</param>
    /// <returns>(G, G) row by row</returns>
    public static float[] Centre(int grid)
    {
        const double Deviation = 0.25;
        return [.. Enumerable.Range(0, grid * grid).Select(i => (float)(At(i % grid) * At(i / grid)))];

        double At(int place)
        {
            double from = (((place + 0.5) / grid) - 0.5) / Deviation;
            return Math.Exp(-from * from / 2);
        }
    }
}
