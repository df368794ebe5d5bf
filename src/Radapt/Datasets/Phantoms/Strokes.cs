namespace Radapt.Datasets.Phantoms;

/// <summary>
/// Density of tubes and rods along curves: each curve is walked in small steps, and every step adds a soft disc. Discs that overlap along a
/// straight line
/// add up to a cylinder's shadow, densest in its middle.
/// </summary>
/// <param name="density">(Size, Size) values to add to.</param>
/// <param name="size">Side of the picture in pixels.</param>
/// <param name="place">From anatomical coordinates to the picture.</param>
internal sealed class Strokes(float[] density, int size, Placement place)
{
    private const float StepsPerRadius = 1.6f;

    /// <summary>Draws a curve given by its points for t from 0 to 1.</summary>
    /// <param name="at">Anatomical place at t.</param>
    /// <param name="radius">Half of the thickness at t, in anatomical lengths.</param>
    /// <param name="peak">Density in the middle at t; may be negative.</param>
    /// <param name="length">About how long the curve is, in anatomical lengths.</param>
    public void Curve(Func<float, (float X, float Y)> at, Func<float, float> radius, Func<float, float> peak, float length)
    {
        float pixels = size / place.Scale;
        float least = Math.Max(0.6f, Math.Min(radius(0), radius(1)) * pixels);
        int steps = Math.Max(2, (int)(length * pixels / least * StepsPerRadius));
        (float lastX, float lastY) = Pixel(at(0));
        for (int i = 1; i <= steps; i++)
        {
            float t = i / (float)steps;
            (float x, float y) = Pixel(at(t));
            float step = MathF.Sqrt(((x - lastX) * (x - lastX)) + ((y - lastY) * (y - lastY)));
            Disc((x + lastX) / 2, (y + lastY) / 2, radius(t) * pixels, peak(t), step);
            (lastX, lastY) = (x, y);
        }
    }

    /// <summary>A straight rod.</summary>
    public void Line((float X, float Y) from, (float X, float Y) to, float radius, float peak) => Curve(
        t => (from.X + (t * (to.X - from.X)), from.Y + (t * (to.Y - from.Y))),
        _ => radius,
        _ => peak,
        MathF.Sqrt(((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y))));

    private (float X, float Y) Pixel((float X, float Y) at)
    {
        (float x, float y) = place.ToPicture(at.X, at.Y);
        return ((x * size) - 0.5f, (y * size) - 0.5f);
    }

    // A paraboloid of radius r, scaled so that discs a step apart add up to the peak: the integral of 1 - d²/r² across is 4/3 r. Thinner
    // than a pixel, it
    // keeps its mass and gets fainter.
    private void Disc(float x, float y, float radius, float peak, float step)
    {
        float drawn = Math.Max(radius, 0.9f);
        float weight = peak * step * (radius / drawn) * 0.75f / drawn;
        float inverse = 1 / (drawn * drawn);
        int top = Math.Max(0, (int)MathF.Ceiling(y - drawn));
        int bottom = Math.Min(size - 1, (int)MathF.Floor(y + drawn));
        int left = Math.Max(0, (int)MathF.Ceiling(x - drawn));
        int right = Math.Min(size - 1, (int)MathF.Floor(x + drawn));
        for (int row = top; row <= bottom; row++)
        {
            float dy = row - y;
            Span<float> line = density.AsSpan(row * size, size);
            for (int column = left; column <= right; column++)
            {
                float dx = column - x;
                line[column] += weight * Math.Max(0, 1 - (((dx * dx) + (dy * dy)) * inverse));
            }
        }
    }
}
