namespace Radapt.Datasets.Phantoms;

/// <summary>Ribs, clavicles, spine, humeri; the airways, electrodes and the side marker, which are drawn alike.</summary>
internal static class Bones
{
    private const int Ribs = 10;
    private const float FrontEnd = 0.74f; // of the half circle from spine to breastbone; cartilage casts no shadow

    public static void Draw(Strokes strokes, Habitus h, Exposure e, Outlines outlines)
    {
        foreach (int sign in new[] { -1, 1 })
        {
            for (int rib = 0; rib < Ribs; rib++)
            {
                Rib(strokes, h, e, outlines, rib, sign);
            }

            float collar = h.Apex + 0.075f;
            strokes.Curve(
                t => (Outlines.Midline + e.Turn + (sign * (0.035f + (0.29f * t))),
                    collar - (0.075f * t) + (0.018f * MathF.Sin(2 * MathF.PI * t))),
                t => 0.012f + (0.005f * (1 - t)),
                _ => 0.13f * h.Bone,
                0.3f);
            strokes.Line(
                (Outlines.Midline + (sign * (h.ChestHalfWidth + 0.075f)), h.Apex + 0.01f),
                (Outlines.Midline + (sign * (h.ChestHalfWidth + 0.125f)), h.Apex + 0.22f),
                0.03f,
                0.14f * h.Bone);
            strokes.Curve( // the shoulder blade's inner edge
                t => (Outlines.Midline + (sign * (h.ChestHalfWidth - 0.09f + (0.1f * t * t))), h.Apex + 0.03f + (0.3f * t)),
                _ => 0.008f,
                t => 0.05f * h.Bone * (1 - (0.5f * t)),
                0.33f);
        }

        for (int vertebra = 0; vertebra < 14; vertebra++)
        {
            float y = 0.02f + (0.066f * vertebra);
            strokes.Line((Outlines.Midline, y), (Outlines.Midline, y + 0.045f), 0.036f, 0.085f * h.Bone);
            strokes.Line((Outlines.Midline - 0.016f, y + 0.025f), (Outlines.Midline - 0.016f, y + 0.031f), 0.006f, 0.05f * h.Bone);
            strokes.Line((Outlines.Midline + 0.016f, y + 0.025f), (Outlines.Midline + 0.016f, y + 0.031f), 0.006f, 0.05f * h.Bone);
        }
    }

    /// <summary>Windpipe and main bronchi: air, so less density.</summary>
    public static void Airways(Strokes strokes, Exposure e)
    {
        float middle = Outlines.Midline + (0.4f * e.Turn);
        strokes.Line((middle, -0.05f), (middle + 0.006f, 0.34f), 0.018f, -0.13f);
        strokes.Line((middle, 0.34f), (middle - 0.055f, 0.41f), 0.012f, -0.07f);
        strokes.Line((middle + 0.008f, 0.34f), (middle + 0.075f, 0.4f), 0.011f, -0.07f);
    }

    /// <summary>Three electrodes with their wires.</summary>
    public static void Electrodes(Strokes strokes, ref Compute.KeyedRandom random)
    {
        for (int i = 0; i < 3; i++)
        {
            float x = (i == 0 ? 0.26f : i == 1 ? 0.75f : 0.69f) + (float)random.NextDouble(-0.05, 0.05);
            float y = (i == 2 ? 0.78f : 0.22f) + (float)random.NextDouble(-0.06, 0.06);
            float sag = (float)random.NextDouble(-0.1, 0.1);
            float end = (float)random.NextDouble(0.3, 0.8);
            strokes.Line((x, y), (x, y + 0.004f), 0.013f, 0.6f);
            strokes.Curve(t => (x + ((end - x) * t) + (sag * MathF.Sin(MathF.PI * t)), y + ((1.1f - y) * t)), _ => 0.0026f, _ => 0.3f, 1);
        }
    }

    /// <summary>A lead L beside the patient's left shoulder.</summary>
    public static void Marker(Strokes strokes, ref Compute.KeyedRandom random)
    {
        float x = 0.93f + (float)random.NextDouble(-0.02, 0.02);
        float y = 0.06f + (float)random.NextDouble(-0.02, 0.04);
        strokes.Line((x, y), (x, y + 0.04f), 0.0045f, 1.2f);
        strokes.Line((x, y + 0.04f), (x + 0.022f, y + 0.04f), 0.0045f, 1.2f);
    }

    // A tilted half circle from the spine round the side to the front. Its walls are denser than its middle.
    private static void Rib(Strokes strokes, Habitus h, Exposure e, Outlines outlines, int rib, int sign)
    {
        float spine = h.Apex + 0.01f + (h.RibSpacing * rib);
        float fall = h.RibSlope + (0.012f * rib);
        float width = Math.Max(0.08f, outlines.Chest(spine + (0.4f * fall))) + 0.006f;
        (float X, float Y) At(float t)
        {
            float angle = MathF.PI * (0.06f + ((FrontEnd - 0.06f) * t));
            float forward = (1 - MathF.Cos(angle)) / 2;
            return (Outlines.Midline + (e.Turn * forward) + (sign * width * MathF.Sin(angle)),
                spine + (fall * forward) - (0.012f * MathF.Sin(2 * angle)));
        }

        float strength = rib == 0 ? 0.7f : 1;
        float Peak(float t) => strength * h.Bone * (t < 0.5f ? 0.14f : 0.14f - (0.12f * (t - 0.5f)));
        float length = 2.1f * width;
        strokes.Curve(At, t => 0.0115f + (0.002f * t), Peak, length);
        strokes.Curve(At, t => 0.0075f + (0.002f * t), t => -0.45f * Peak(t), length);
    }
}
