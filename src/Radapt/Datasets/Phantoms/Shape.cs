namespace Radapt.Datasets.Phantoms;

/// <summary>Soft edges and curves.</summary>
internal static class Shape
{
    /// <summary>0 below 0, 1 above 1, smooth between.</summary>
    public static float Step(float t)
    {
        t = Math.Clamp(t, 0, 1);
        return Smooth(t);
    }

    /// <summary>The smooth step within [0, 1].</summary>
    public static float Smooth(float t) => t * t * (3 - (2 * t));

    /// <summary>1 well inside (distance below 0), 0 well outside, one half on the edge.</summary>
    public static float Inside(float distance, float softness) => Step(0.5f - (distance / (2 * softness)));

    /// <summary>A bell of height 1 about 0; <paramref name="t"/> in standard deviations.</summary>
    public static float Bell(float t) => MathF.Exp(-0.5f * t * t);

    /// <summary>Half of an ellipse: 1 at 0, 0 at ±1 and beyond.</summary>
    public static float Arc(float t) => MathF.Sqrt(Math.Max(0, 1 - (t * t)));
}
