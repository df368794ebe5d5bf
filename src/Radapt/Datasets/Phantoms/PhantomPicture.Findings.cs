namespace Radapt.Datasets.Phantoms;

// What the findings do to the densities of the chest, and where their masks are.
internal sealed partial class PhantomPicture
{
    private const float Fluid = 0.95f; // of the air that fluid displaces
    private const float Collapsed = 0.05f; // what a lung that has drawn back gains
    private const float PleuralLine = 0.12f;
    private const float MaskThreshold = 0.5f;

    // Changes air and free lung at a place as the findings do, and gives what they add.
    private float Findings(int pixel, in Spot spot, ref float air, ref float open)
    {
        (int s, float side, float x, float y, float dome, float inside, float lung, float vessel) = spot;
        float added = 0;
        if (_lesions.Cardiomegaly is not null && y > _outlines.HeartTop && y < _outlines.HeartBottom && side < _outlines.Mediastinum(s, y))
        {
            Masks[PhantomFinding.Cardiomegaly][pixel] = 255;
        }

        if (_lesions.Pneumothorax is { } p && p.Side == s)
        {
            float edge = _outlines.Collapsed(y);
            float slope = (_outlines.Collapsed(y + 0.01f) - _outlines.Collapsed(y - 0.01f)) / 0.02f;
            float distance = (side - edge) / MathF.Sqrt(1 + (slope * slope));
            float outside = 1 - Shape.Inside(distance, _edge);
            float line = Math.Max(0, 1 - (MathF.Abs(distance) / Math.Max(0.004f, 0.8f / _size)));
            added += lung * ((PleuralLine * line) + (Collapsed * (1 - outside)));
            open *= 1 - outside;
            air *= 1 + (0.08f * outside);
            Mark(PhantomFinding.Pneumothorax, pixel, outside * lung);
        }

        if (_lesions.Consolidation is { } c && c.Side == s)
        {
            float w = Patch(c, side, x, y);
            if (w > 0)
            {
                added -= 0.8f * w * open * vessel; // bronchi run beside vessels, and stay open
                open *= 1 - w;
                air *= 1 - (c.Opacity * w);
                Mark(PhantomFinding.Consolidation, pixel, w * lung);
            }
        }

        if (_lesions.Nodule is { } n && n.Side == s)
        {
            float sphere = Math.Max(0, 1 - ((Square(side - n.Lateral) + Square(y - n.Y)) / Square(n.Radius)));
            added += n.Density * sphere * (0.35f + (0.65f * lung));
            Mark(PhantomFinding.Nodule, pixel, sphere > 0 ? 1 : 0);
        }

        if (_lesions.Effusion is { } f && f.Side == s)
        {
            // Highest at the chest wall; its upper edge is soft, since the layer thins out.
            float lateral = Math.Clamp((side - 0.06f) / 0.26f, 0, 1.1f);
            float surface = _outlines.DomeHeights[s] + 0.1f - (f.Height * (0.5f + (0.5f * lateral * lateral)));
            float layer = inside * Shape.Step(0.5f + ((y - surface) / 0.045f));
            air *= 1 - (Fluid * layer);
            open *= 1 - layer;
            added += 0.1f * layer * (y < dome ? 1 : 0.4f);
            Mark(PhantomFinding.Effusion, pixel, y < dome + 0.02f ? layer : 0);
        }

        return added;
    }

    // 0 to 1: how much of the lung is consolidated at a place; an ellipse with a ragged edge.
    private float Patch(Lesions.ConsolidationLesion c, float side, float x, float y)
    {
        float r = MathF.Sqrt(Square((side - c.Lateral) / (c.Width * c.Growth)) + Square((y - c.Y) / (c.Length * c.Growth)));
        return r > 1.8f ? 0 : Shape.Step((1.35f - r - (0.45f * _texture.At((17 * x) + 40, (17 * y) + 40))) / 0.9f);
    }

    private void Mark(PhantomFinding finding, int pixel, float share)
    {
        if (share >= MaskThreshold)
        {
            Masks[finding][pixel] = 255;
        }
    }

    /// <summary>A place in the chest.</summary>
    /// <param name="Half">0: the picture's left, 1: right.</param>
    /// <param name="Side">Distance from the midline.</param>
    /// <param name="X">Anatomical place.</param>
    /// <param name="Y">Anatomical height.</param>
    /// <param name="Dome">Height of the diaphragm there.</param>
    /// <param name="Inside">1 within the chest's wall.</param>
    /// <param name="Lung">1 where there is lung, less over the diaphragm.</param>
    /// <param name="Vessel">Density of vessels.</param>
    private readonly record struct Spot(int Half, float Side, float X, float Y, float Dome, float Inside, float Lung, float Vessel);
}
