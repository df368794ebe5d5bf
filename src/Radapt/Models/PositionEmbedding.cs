using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Models;

/// <summary>Position embeddings of a checkpoint on the grid of another image size, and the fixed sin-cos tables of MAE.</summary>
internal static class PositionEmbedding
{
    private const double Dinov2Offset = 0.1;

    /// <summary>
    /// Resizes the patch positions to a shape's grid, by the rule of the models of that shape; the class position is kept.
    /// </summary>
    /// <param name="positions">(1, 1 + g^2, C), class token first</param>
    /// <param name="shape">The transformer that they are for.</param>
    /// <param name="rule">How; null: by the rule of the models of that shape.</param>
    /// <returns>(1, 1 + grid^2, C)</returns>
    public static Tensor Resize(Tensor positions, BackboneShape shape, PositionResizing? rule = null) =>
        Resize(positions, shape.Grid, shape.Grid, rule ?? ResizingOf(shape));

    /// <summary>Resizes the patch positions bicubically; the class position is kept. A grid of the same size is left as it is.</summary>
    /// <param name="positions">(1, 1 + g^2, C), class token first</param>
    /// <param name="rows">Patches from top to bottom of the new grid.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="rule">How.</param>
    /// <returns>(1, 1 + rows * columns, C)</returns>
    public static Tensor Resize(Tensor positions, int rows, int columns, PositionResizing rule)
    {
        long old = (long)Math.Sqrt(positions.shape[1] - 1);
        if (old == rows && old == columns)
        {
            return positions;
        }

        using var _ = NewDisposeScope();
        long width = positions.shape[2];
        Tensor patches = positions[.., 1.., ..].reshape(1, old, old, width).permute(0, 3, 1, 2); // (1, C, g, g)
        long[]? size = rule == PositionResizing.ByFactor ? null : [rows, columns];
        double[]? factors = rule == PositionResizing.ByFactor ? [(rows + Dinov2Offset) / old, (columns + Dinov2Offset) / old] : null;
        Tensor resized = F.interpolate(
            // (1, C, rows, columns)
            patches, size, factors, InterpolationMode.Bicubic, align_corners: false, antialias: rule == PositionResizing.Antialiased);
        return cat([positions[.., ..1, ..], resized.permute(0, 2, 3, 1).reshape(1, (long)rows * columns, width)], 1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The rule that a model was made with. It belongs to the weights, not to whose names a file uses, so it is read off the shape:
    /// LayerScale is DINOv2's mark.
    /// </summary>
    public static PositionResizing ResizingOf(BackboneShape shape) =>
        !shape.LayerScale ? PositionResizing.Plain : shape.Registers > 0 ? PositionResizing.Antialiased : PositionResizing.ByFactor;

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
