using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Models;

/// <summary>Position embeddings of a checkpoint on the grid of another image size, and the fixed sin-cos tables of MAE.</summary>
internal static class PositionEmbedding
{
    /// <summary>
    /// Resizes the patch positions bicubically (a = -0.75, no antialias), as MAE's and the paper's code do; the class position is kept.
    /// </summary>
    /// <param name="positions">(1, 1 + g^2, C), class token first</param>
    /// <param name="grid">Patches along a side of the new grid.</param>
    /// <returns>(1, 1 + grid^2, C)</returns>
    public static Tensor Resize(Tensor positions, int grid)
    {
        long old = (long)Math.Sqrt(positions.shape[1] - 1);
        if (old == grid)
        {
            return positions;
        }

        using var _ = NewDisposeScope();
        long width = positions.shape[2];
        Tensor patches = positions[.., 1.., ..].reshape(1, old, old, width).permute(0, 3, 1, 2); // (1, C, g, g)
        Tensor resized = F.interpolate(patches, [grid, grid], mode: InterpolationMode.Bicubic, align_corners: false);
        return cat([positions[.., ..1, ..], resized.permute(0, 2, 3, 1).reshape(1, (long)grid * grid, width)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// MAE's two-dimensional sin-cos table, computed in float64: the first half of the channels encodes the column, the second the row.
    /// </summary>
    /// <param name="width">Channels C, a multiple of 4.</param>
    /// <param name="grid">Patches along a side.</param>
    /// <param name="medPeft">
    /// The table of MED-PEFT's and MRM's code instead, whose frequencies differ by an operator-precedence slip; matters from scratch only.
    /// </param>
    /// <returns>row-major (1 + grid^2, C), class position zero</returns>
    public static float[] SinCos(int width, int grid, bool medPeft = false)
    {
        int half = width / 2;
        int quarter = half / 2;
        var table = new float[(1 + (grid * grid)) * width];
        for (int row = 0; row < grid; row++)
        {
            for (int column = 0; column < grid; column++)
            {
                Span<float> token = table.AsSpan((1 + (row * grid) + column) * width, width);
                for (int i = 0; i < quarter; i++)
                {
                    double exponent = medPeft ? i / (double)half / 2 : i / (half / 2.0);
                    double omega = 1 / Math.Pow(10000, exponent);
                    (token[i], token[quarter + i]) = ((float)Math.Sin(column * omega), (float)Math.Cos(column * omega));
                    (token[half + i], token[half + quarter + i]) = ((float)Math.Sin(row * omega), (float)Math.Cos(row * omega));
                }
            }
        }

        return table;
    }
}
