using System.Buffers;
using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>
/// Draws one radiograph as a sum of densities along the beam: the body's tissue, less the air of the lungs, more where heart, fluid,
/// consolidated lung
/// or a nodule take the air's place, and bones and vessels on top; then the film's curve and noise. Frontal, bones white.
/// </summary>
internal sealed partial class PhantomPicture
{
    private readonly int _size;
    private readonly Habitus _h;
    private readonly Exposure _e;
    private readonly Lesions _lesions;
    private readonly Outlines _outlines;
    private readonly Placement _place;
    private readonly ValueNoise _texture;
    private readonly float _edge; // softness of outlines: what the detector blurs, at least three quarters of a pixel

    private PhantomPicture(int size, Habitus h, Exposure e, Lesions lesions, ref KeyedRandom texture)
    {
        (_size, _h, _e, _lesions) = (size, h, e, lesions);
        _outlines = new Outlines(h, e, lesions);
        _place = new Placement(e);
        _texture = new ValueNoise(ref texture);
        _edge = Math.Max(0.004f, 0.75f / size);
    }

    /// <summary>(Size, Size) gray levels.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>For every finding that is present, (Size, Size): 255 where it shows, else 0.</summary>
    public required IReadOnlyDictionary<PhantomFinding, byte[]> Masks { get; init; }

    /// <summary>Heart's width over the chest's.</summary>
    public float HeartRatio => _outlines.HeartRatio;

    public static PhantomPicture Draw(int size, Habitus h, Exposure e, Lesions lesions, ref KeyedRandom random)
    {
        var texture = new KeyedRandom(h.Texture, RandomPurpose.Phantom);
        var masks = new Dictionary<PhantomFinding, byte[]>();
        foreach (PhantomFinding finding in lesions.Present)
        {
            masks.Add(finding, new byte[size * size]);
        }

        var picture = new PhantomPicture(size, h, e, lesions, ref texture) { Pixels = new byte[size * size], Masks = masks };
        float[] bones = ArrayPool<float>.Shared.Rent(size * size);
        float[] vessels = ArrayPool<float>.Shared.Rent(size * size);
        Array.Clear(bones, 0, size * size);
        Array.Clear(vessels, 0, size * size);
        var onBones = new Strokes(bones, size, picture._place);
        Bones.Draw(onBones, h, e, picture._outlines);
        Bones.Airways(onBones, e);
        VesselTree.Draw(new Strokes(vessels, size, picture._place), h, ref texture);
        if (e.HasElectrodes)
        {
            Bones.Electrodes(onBones, ref random);
        }

        if (e.HasMarker)
        {
            Bones.Marker(onBones, ref random);
        }

        picture.Densities(bones, vessels);
        picture.Develop(bones, ref random);
        ArrayPool<float>.Shared.Return(vessels);
        ArrayPool<float>.Shared.Return(bones);
        return picture;
    }

    // Adds everything but the strokes to the densities, in place, and fills the masks.
    private void Densities(float[] density, float[] vessels)
    {
        for (int row = 0; row < _size; row++)
        {
            for (int column = 0; column < _size; column++)
            {
                int i = (row * _size) + column;
                (float x, float y) = _place.ToAnatomy((column + 0.5f) / _size, (row + 0.5f) / _size);
                float body = Body(x, y);
                density[i] = body == 0 ? Math.Max(0, density[i] - 0.05f) : density[i] + body + Chest(i, x, y, vessels[i]);
                density[i] += (_e.SlopeX * (((float)column / _size) - 0.5f)) + (_e.SlopeY * (((float)row / _size) - 0.5f));
            }
        }
    }

    private float Body(float x, float y)
    {
        float side = MathF.Abs(x - Outlines.Midline);
        float half = _outlines.Body(y);
        if (side >= half)
        {
            return 0;
        }

        float thickness = 0.25f + (0.75f * Shape.Arc(side / half));
        float skin = Math.Min(1, (half - side) / 0.03f);
        float mottle = 0.025f * _texture.Coarse((9 * x) + 20, (9 * y) + 20);
        float breast = 0;
        if (_h.Breast > 0)
        {
            float r = MathF.Sqrt(Square((side - 0.2f) / 0.17f) + Square((y - 0.64f) / 0.14f));
            breast = _h.Breast * Shape.Arc(r) * (y > 0.64f ? 1 : 0.7f);
        }

        return skin * ((0.93f * thickness) + mottle + breast);
    }

    // What the chest's contents add to the body's tissue at a place; mostly less than nothing.
    private float Chest(int pixel, float x, float y, float vessels)
    {
        int s = x < Outlines.Midline ? 0 : 1;
        float side = MathF.Abs(x - Outlines.Midline);
        float wall = _outlines.Chest(y);
        float heart = Heart(s, side, y);
        float inside = Shape.Inside(side - wall, _edge);
        float dome = _outlines.Diaphragm(x, side);
        float above = Shape.Inside(y - dome, _edge);
        float added = (0.14f * heart) + (0.1f * (1 - above) * Shape.Step((wall + 0.06f - side) / 0.12f)); // liver and spleen
        if (inside == 0)
        {
            return added;
        }

        float recess = above == 1 ? 0 : (1 - above) * 0.2f * Math.Max(0, 1 - ((y - dome) / 0.1f)); // lung behind the dome
        float ratio = Square(side / Math.Max(wall, 0.01f));
        float depth = (0.6f + (0.4f * wall / _h.ChestHalfWidth)) * MathF.Sqrt(Math.Max(0, 1.03f - (ratio * ratio)));
        float lung = inside * (above + recess);
        float air = _e.Aeration * depth * lung * (1 - (0.86f * heart));
        float texture = 1 + (0.06f * _texture.Coarse((35 * x) + 40, (35 * y) + 40));
        air *= texture;
        float open = lung * (1 - (0.75f * heart)); // where vessels have air around them
        added += Findings(pixel, new Spot(s, side, x, y, dome, inside, lung, vessels), ref air, ref open);
        added -= 0.2f * GastricBubble(x, y, Outlines.Midline + 0.15f, _outlines.DomeHeights[1]);
        return added + (vessels * open) - air;
    }

    // 1 in heart and great vessels, less towards their edge, where they are thin.
    private float Heart(int s, float side, float y)
    {
        float border = _outlines.Mediastinum(s, y);
        float inside = Shape.Inside(side - border, 1.5f * _edge);
        return inside == 0 ? 0
            : inside * (0.72f + (0.28f * Math.Min(1, (border - side) / 0.05f))) * (1 - Shape.Step(
                (y - _outlines.HeartBottom + 0.03f) / 0.08f));
    }

    private static float GastricBubble(float x, float y, float centre, float dome) =>
        Shape.Inside(MathF.Sqrt(Square((x - centre) / 0.055f) + Square((y - dome - 0.06f) / 0.03f)) - 1, 0.2f);

    // The film's curve, then noise, which is stronger where fewer quanta arrive: where the picture is bright.
    private void Develop(float[] density, ref KeyedRandom random)
    {
        const int levels = 1024;
        Span<float> curve = stackalloc float[levels + 1];
        for (int i = 0; i <= levels; i++)
        {
            float t = i / (float)levels;
            curve[i] = MathF.Pow((0.6f * t) + (0.4f * Shape.Smooth(t)), _e.Gamma);
        }

        float scale = levels / (_e.White - _e.Black);
        for (int i = 0; i < _size * _size; i++)
        {
            float place = Math.Clamp((density[i] - _e.Black) * scale, 0, levels - 0.001f);
            int cell = (int)place;
            float level = curve[cell] + ((place - cell) * (curve[cell + 1] - curve[cell]));
            level += _e.Noise * Bell(random.NextUInt64()) * (0.5f + level);
            Pixels[i] = (byte)(Math.Clamp((0.02f + (0.96f * level)) * 255, 0, 255) + 0.5f);
        }

        Collimate();
    }

    private void Collimate()
    {
        int border = (int)(_e.Collimation * _size);
        for (int row = 0; row < _size && border > 0; row++)
        {
            Span<byte> line = Pixels.AsSpan(row * _size, _size);
            if (row < border || row >= _size - border)
            {
                line.Fill(4);
            }
            else
            {
                line[..border].Fill(4);
                line[^border..].Fill(4);
            }
        }
    }

    // Nearly normal with deviation 1: the sum of four uniform numbers (Irwin and Hall 1927), which a picture cannot tell from the real
    // thing.
    private static float Bell(ulong bits)
    {
        const float mean = 2 * 65535;
        const float deviation = 37837; // 65536 / sqrt 3
        return ((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48) - mean) / deviation;
    }

    private static float Square(float value) => value * value;
}
