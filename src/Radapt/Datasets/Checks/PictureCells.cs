using System.Numerics;
using System.Runtime.InteropServices;

namespace Radapt.Datasets.Checks;

/// <summary>A picture averaged over a few cells: 16 x 17 for <see cref="PictureHash"/> and 16 x 16 to compare what it shows.</summary>
internal static class PictureCells
{
    public const int Rows = 16;
    public const int HashColumns = 17;
    public const int ThumbColumns = 16;

    /// <summary>Averages gray levels; <paramref name="gray"/> is width x height.</summary>
    public static void Average(ReadOnlySpan<byte> gray, int width, int height, Span<float> hashCells, Span<byte> thumb)
    {
        uint[] columns = new uint[width];
        for (int row = 0; row < Rows; row++)
        {
            (int top, int bottom) = Cell(row, Rows, height);
            Array.Clear(columns);
            for (int y = top; y < bottom; y++)
            {
                AddTo(columns, gray.Slice(y * width, width));
            }

            for (int x = 0; x < HashColumns; x++)
            {
                hashCells[(row * HashColumns) + x] = Mean(columns, Cell(x, HashColumns, width), bottom - top);
            }

            for (int x = 0; x < ThumbColumns; x++)
            {
                thumb[(row * ThumbColumns) + x] = (byte)(Mean(columns, Cell(x, ThumbColumns, width), bottom - top) + 0.5f);
            }
        }
    }

    /// <summary>Correlation of two thumbnails, -1 to 1; 0 where one is flat.</summary>
    public static double Correlation(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        (double sa, double sb, double saa, double sbb, double sab) = (0, 0, 0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            sa += a[i];
            sb += b[i];
            saa += (double)a[i] * a[i];
            sbb += (double)b[i] * b[i];
            sab += (double)a[i] * b[i];
        }

        double va = saa - (sa * sa / a.Length);
        double vb = sbb - (sb * sb / a.Length);
        return va <= 0 || vb <= 0 ? 0 : (sab - (sa * sb / a.Length)) / Math.Sqrt(va * vb);
    }

    // At least one pixel, so that pictures smaller than the grid have cells, too.
    private static (int From, int To) Cell(int i, int cells, int size)
    {
        int from = (int)((long)i * size / cells);
        return (from, Math.Max(from + 1, (int)((long)(i + 1) * size / cells)));
    }

    private static float Mean(ReadOnlySpan<uint> columns, (int From, int To) cell, int rows)
    {
        ulong sum = 0;
        foreach (uint column in columns[cell.From..cell.To])
        {
            sum += column;
        }

        return (float)(sum / (double)((cell.To - cell.From) * (long)rows));
    }

    private static void AddTo(Span<uint> sums, ReadOnlySpan<byte> row)
    {
        int x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[x..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
            Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
            Span<Vector<uint>> to = MemoryMarshal.Cast<uint, Vector<uint>>(sums.Slice(x, Vector<byte>.Count));
            to[0] += a;
            to[1] += b;
            to[2] += c;
            to[3] += d;
        }

        for (; x < row.Length; x++)
        {
            sums[x] += row[x];
        }
    }
}
