namespace Radapt.Datasets.Phantoms;

/// <summary>
/// The borders of one picture's shadows, as distances from the midline at a height, and heights at a distance. Anatomical coordinates: the
/// picture's side is
/// 1, x runs to the picture's right (the patient's left), y down; before position and magnification.
/// </summary>
internal sealed class Outlines
{
    public const float Midline = 0.5f;
    private const float ApexToBase = 0.7f;

    private readonly Profile _chest;
    private readonly Profile _body;
    private readonly Profile[] _mediastinum;
    private readonly Profile _dome;
    private readonly Profile? _collapsed;

    public Outlines(Habitus h, Exposure e, Lesions lesions)
    {
        DomeHeights = [e.Dome, e.Dome + e.DomeDifference];
        _chest = new Profile(y => ChestHalfWidth(h, y));
        _body = new Profile(y => BodyHalfWidth(h, y));
        HeartRatio = (lesions.Cardiomegaly?.Ratio ?? h.HeartRatio) * (e.IsAnteroposterior && lesions.Cardiomegaly is null ? 1.04f : 1);
        float width = 2 * HeartRatio * ChestHalfWidth(h, e.Dome - 0.02f);
        float[] heart = [(width * h.RightHeartShare) - e.Turn, (width * (1 - h.RightHeartShare)) + e.Turn];
        HeartTop = e.Dome - 0.07f - (0.9f * heart[1]);
        HeartBottom = e.Dome + 0.085f;
        _mediastinum =
        [
            new Profile(y => Union(RightVessels(y), heart[0] * Shape.Arc((y - e.Dome + 0.1f) / 0.16f))),
            new Profile(y => Union(LeftVessels(h, y), heart[1] * Ventricle(y))),
        ];
        _dome = new Profile(DomeFall);
        if (lesions.Pneumothorax is { } p)
        {
            // Upright, the air gathers at the apex: the gap narrows towards the base.
            _collapsed = new Profile(y =>
            {
                float down = Math.Clamp((y - h.Apex) / ApexToBase, 0, 1);
                return Math.Max(0, ChestHalfWidth(h, y - (p.ApicalGap * (1 - down)))) * (1 - (p.LateralGap * (1.15f - (0.75f * down))));
            });
        }
    }

    /// <summary>Heights of the two domes.</summary>
    public float[] DomeHeights { get; }

    /// <summary>Cardiothoracic ratio.</summary>
    public float HeartRatio { get; }

    public float HeartTop { get; }

    public float HeartBottom { get; }

    /// <summary>Half of the chest's inner width; 0 above the apex.</summary>
    public float Chest(float y) => _chest.At(y);

    public float Body(float y) => _body.At(y);

    /// <summary>How far heart and great vessels reach from the midline to one side.</summary>
    public float Mediastinum(int side, float y) => _mediastinum[side].At(y);

    /// <summary>Height of the diaphragm; the two domes meet behind the heart.</summary>
    public float Diaphragm(float x, float side) =>
        DomeHeights[0] + ((DomeHeights[1] - DomeHeights[0]) * Shape.Step(0.5f + ((x - Midline) / 0.14f))) + _dome.At(side);

    /// <summary>Distance of the edge of a lung that has drawn back.</summary>
    public float Collapsed(float y) => _collapsed!.At(y);

    private static float ChestHalfWidth(Habitus h, float y)
    {
        float down = Math.Clamp((y - h.Apex) / ApexToBase, 0, 1);
        float wide = h.ChestHalfWidth * MathF.Pow(1 - MathF.Pow(1 - down, 2.2f), 0.58f);
        return wide - (0.03f * Math.Clamp((y - h.Apex - ApexToBase) / 0.2f, 0, 1));
    }

    private static float BodyHalfWidth(Habitus h, float y)
    {
        float trunk = h.ChestHalfWidth + h.Wall + (0.09f * Shape.Step((0.45f - y) / 0.3f)); // arms and shoulders above
        return 0.1f + ((trunk - 0.1f) * Shape.Step((y - h.Apex + 0.13f) / 0.2f));
    }

    // Superior vena cava and ascending aorta; above, the neck's vessels.
    private static float RightVessels(float y) =>
        0.044f + (0.012f * Shape.Bell((y - 0.33f) / 0.09f)) - (0.008f * Shape.Step((0.2f - y) / 0.1f));

    private static float LeftVessels(Habitus h, float y) =>
        0.042f + (h.AorticKnob * Shape.Bell((y - 0.295f) / 0.03f)) + (0.02f * Shape.Bell((y - 0.385f) / 0.04f)) - (0.006f * Shape.Step(
            (0.2f - y) / 0.1f));

    // The left border of the heart: rises slowly to the apex low down, then turns in.
    private float Ventricle(float y)
    {
        float t = (y - HeartTop) / (HeartBottom - HeartTop);
        return t is <= 0 or >= 1 ? 0 : t < 0.72f ? MathF.Sin(t / 0.72f * MathF.PI / 2) : Shape.Arc((t - 0.72f) / 0.28f);
    }

    private static float DomeFall(float side)
    {
        float t = (side - 0.16f) / 0.19f;
        return t > 0 ? (0.12f * t * t) + (0.03f * t * t * t * t) : 0.04f * t * t;
    }

    private static float Union(float a, float b)
    {
        float m = Math.Max(a, b);
        float ratio = Math.Min(a, b) / m;
        return m * MathF.Pow(1 + MathF.Pow(Math.Max(0, ratio), 8), 1f / 8);
    }
}
