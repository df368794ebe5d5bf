namespace Radapt.Server;

/// <summary>A heat map as gray levels.</summary>
internal static class HeatMapPicture
{
    /// <summary>Enlarges a map, bilinearly between the middles of its patches; its largest value becomes white, 0 black.</summary>
    /// <param name="map">(G, G) row by row.</param>
    /// <param name="side">S, pixels.</param>
    /// <returns>(S, S) row by row</returns>
    public static byte[] Draw(IReadOnlyList<float> map, int side)
    {
        int grid = (int)Math.Round(Math.Sqrt(map.Count));
        double most = Math.Max(map.Max(), 1e-30);
        var picture = new byte[side * side];
        for (int y = 0; y < side; y++)
        {
            (int top, int bottom, double down) = Between(y);
            for (int x = 0; x < side; x++)
            {
                (int left, int right, double along) = Between(x);
                double upper = (At(top, left) * (1 - along)) + (At(top, right) * along);
                double lower = (At(bottom, left) * (1 - along)) + (At(bottom, right) * along);
                picture[(y * side) + x] = (byte)Math.Round(255 * ((upper * (1 - down)) + (lower * down)));
            }
        }

        return picture;

        double At(int row, int column) => Math.Max(0, map[(row * grid) + column]) / most;

        (int From, int To, double Share) Between(int pixel)
        {
            double place = Math.Clamp(((pixel + 0.5) * grid / side) - 0.5, 0, grid - 1);
            int from = (int)place;
            return (from, Math.Min(from + 1, grid - 1), place - from);
        }
    }
}
