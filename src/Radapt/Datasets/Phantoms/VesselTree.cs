using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>The lungs' vessels: from each hilum they fan out, fork and taper.</summary>
internal static class VesselTree
{
    private const int Forks = 3;
    private const float Taper = 0.74f;

    public static void Draw(Strokes strokes, Habitus h, ref KeyedRandom random)
    {
        for (int side = 0; side < 2; side++)
        {
            int sign = side == 0 ? -1 : 1;
            (float X, float Y) hilum = (Outlines.Midline + (sign * 0.075f), side == 0 ? 0.44f : 0.42f);
            strokes.Line((hilum.X, hilum.Y - 0.03f), (hilum.X + (sign * 0.015f), hilum.Y + 0.06f), 0.028f, 0.15f * h.Vessels);
            foreach (double degrees in new[] { -70.0, -42, -14, 12, 38, 58, 76 })
            {
                double angle = (degrees + random.NextDouble(-9, 9)) * Math.PI / 180;
                float radius = (degrees > 20 ? 0.0105f : 0.0085f) * (float)random.NextDouble(0.85, 1.15);
                Branch(strokes, h, hilum, sign, (float)angle, radius, 0, ref random);
            }
        }
    }

    private static void Branch(
        Strokes strokes, Habitus h, (float X, float Y) from, int sign, float angle, float radius, int generation, ref KeyedRandom random)
    {
        float length = (float)random.NextDouble(0.075, 0.12) * MathF.Pow(0.88f, generation);
        float bend = (float)random.NextDouble(-0.25, 0.25);
        (float sin, float cos) = MathF.SinCos(angle);
        (float X, float Y) At(float t)
        {
            float along = length * t;
            float across = length * bend * t * t;
            return (from.X + (sign * ((cos * along) - (sin * across))), from.Y + (sin * along) + (cos * across));
        }

        float peak = 13 * radius * h.Vessels;
        strokes.Curve(At, t => radius * (1 - ((1 - Taper) * t)), t => peak * (1 - ((1 - Taper) * t)), length);
        if (generation < Forks)
        {
            float turned = angle + (2 * bend);
            float spread = (float)random.NextDouble(0.25, 0.5);
            Branch(strokes, h, At(1), sign, turned + spread, radius * Taper, generation + 1, ref random);
            Branch(strokes, h, At(1), sign, turned - (spread * 0.8f), radius * Taper * 0.95f, generation + 1, ref random);
        }
    }
}
