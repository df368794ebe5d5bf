using Radapt.Compute;

namespace Radapt.Datasets.Phantoms;

/// <summary>Smooth random values over the plane: random numbers on a grid that repeats, with two octaves, between -1 and 1.</summary>
internal sealed class ValueNoise
{
    private const int Side = 32; // a power of two
    private readonly float[] _grid = new float[Side * Side];

    public ValueNoise(ref KeyedRandom random)
    {
        for (int i = 0; i < _grid.Length; i++)
        {
            _grid[i] = (float)random.NextDouble(-1, 1);
        }
    }

    /// <summary>The value at a place; one unit is one cell of the coarser grid. Places must not be negative.</summary>
    public float At(float x, float y) => (0.67f * Coarse(x, y)) + (0.33f * Coarse((2.1f * x) + 5, (2.1f * y) + 11));

    /// <summary>The first octave alone, between -1 and 1.</summary>
    public float Coarse(float x, float y)
    {
        int column = (int)x;
        int row = (int)y;
        float u = Shape.Smooth(x - column);
        float v = Shape.Smooth(y - row);
        int left = column & (Side - 1);
        int right = (column + 1) & (Side - 1);
        int upper = (row & (Side - 1)) * Side;
        int lower = ((row + 1) & (Side - 1)) * Side;
        float above = _grid[upper + left] + (u * (_grid[upper + right] - _grid[upper + left]));
        float below = _grid[lower + left] + (u * (_grid[lower + right] - _grid[lower + left]));
        return above + (v * (below - above));
    }
}
