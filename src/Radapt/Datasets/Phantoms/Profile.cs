namespace Radapt.Datasets.Phantoms;

/// <summary>A function of one coordinate, tabulated from -0.25 to 1.25 and interpolated.</summary>
internal sealed class Profile
{
    private const int Cells = 384;
    private const float First = -0.25f;
    private const float PerCell = 1.5f / Cells;
    private readonly float[] _values = new float[Cells + 2];

    public Profile(Func<float, float> function)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = function(First + (i * PerCell));
        }
    }

    public float At(float t)
    {
        float place = Math.Clamp((t - First) / PerCell, 0, Cells);
        int cell = (int)place;
        return _values[cell] + ((place - cell) * (_values[cell + 1] - _values[cell]));
    }
}
