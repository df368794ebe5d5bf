namespace Radapt.Datasets.Phantoms;

/// <summary>Position of the patient in the picture: turned about the picture's middle, magnified, shifted.</summary>
internal readonly record struct Placement
{
    private readonly float _sin;
    private readonly float _cos;
    private readonly float _shiftX;
    private readonly float _shiftY;

    public Placement(Exposure e)
    {
        (_sin, _cos) = MathF.SinCos(e.Tilt);
        (_shiftX, _shiftY, Scale) = (e.ShiftX, e.ShiftY, e.Scale);
    }

    /// <summary>Anatomical lengths a picture length.</summary>
    public float Scale { get; }

    /// <summary>Picture coordinates, 0 to 1 -> anatomical ones.</summary>
    public (float X, float Y) ToAnatomy(float x, float y)
    {
        float u = (x - 0.5f - _shiftX) * Scale;
        float v = (y - 0.5f - _shiftY) * Scale;
        return ((_cos * u) - (_sin * v) + 0.5f, (_sin * u) + (_cos * v) + 0.5f);
    }

    /// <summary>The other way round.</summary>
    public (float X, float Y) ToPicture(float x, float y)
    {
        float u = (x - 0.5f) / Scale;
        float v = (y - 0.5f) / Scale;
        return ((_cos * u) + (_sin * v) + 0.5f + _shiftX, (_cos * v) - (_sin * u) + 0.5f + _shiftY);
    }
}
