using System.Runtime.CompilerServices;

namespace Radapt.Compute.Passes;

/// <summary>
/// The innermost part of a matrix product: a tile of the result that stays in registers while its sums grow. Every element is summed
/// in the order of k with one rounding a step, so no width of vectors and no division of the work changes a bit.
/// </summary>
internal unsafe interface IProductTile
{
    /// <summary>Rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a tile: two registers.</summary>
    static abstract int Columns { get; }

    /// <summary>c = start + a b where a start is given, c += a b otherwise.</summary>
    /// <param name="a">(Rows, depth)</param>
    /// <param name="aRow">Numbers from one row of <paramref name="a"/> to the next.</param>
    /// <param name="aStep">Numbers from one of its columns to the next: 1, or a row's length where a is transposed.</param>
    /// <param name="b">(depth, Columns), contiguous</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="c">(Rows, Columns)</param>
    /// <param name="cRow">Numbers from one row of <paramref name="c"/> to the next.</param>
    /// <param name="start">(Columns), the same for every row; null: add to what is there.</param>
    static abstract void Multiply(float* a, nint aRow, nint aStep, float* b, int depth, float* c, nint cRow, float* start);
}

/// <summary>Six rows: twelve sums, for processors with 16 vector registers.</summary>
/// <typeparam name="R">The operations.</typeparam>
/// <typeparam name="V">The register.</typeparam>
internal readonly unsafe struct ProductTile6<R, V> : IProductTile
    where R : struct, IRegister<V>
    where V : struct
{
    public static int Rows => 6;

    public static int Columns => 2 * R.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // a caller's variables would take registers
    public static void Multiply(float* a, nint aRow, nint aStep, float* b, int depth, float* c, nint cRow, float* start)
    {
        (V x0, V x1, V x2) = (R.Create(0), R.Create(0), R.Create(0));
        (V y0, V y1, V y2) = (R.Create(0), R.Create(0), R.Create(0));
        (V x3, V x4, V x5) = (R.Create(0), R.Create(0), R.Create(0));
        (V y3, V y4, V y5) = (R.Create(0), R.Create(0), R.Create(0));
        float* a0 = a;
        float* a3 = a + (3 * aRow);
        nint twoRows = 2 * aRow;
        ProductTiles.Prefetch<R, V>(c, cRow, Rows);
        for (float* end = b + ((nint)depth * Columns); b < end; b += Columns)
        {
            (V left, V right) = (R.Load(b), R.Load(b + R.Count));
            V f = R.Create(*a0);
            (x0, y0) = (R.MultiplyAdd(f, left, x0), R.MultiplyAdd(f, right, y0));
            f = R.Create(a0[aRow]);
            (x1, y1) = (R.MultiplyAdd(f, left, x1), R.MultiplyAdd(f, right, y1));
            f = R.Create(a0[twoRows]);
            (x2, y2) = (R.MultiplyAdd(f, left, x2), R.MultiplyAdd(f, right, y2));
            f = R.Create(*a3);
            (x3, y3) = (R.MultiplyAdd(f, left, x3), R.MultiplyAdd(f, right, y3));
            f = R.Create(a3[aRow]);
            (x4, y4) = (R.MultiplyAdd(f, left, x4), R.MultiplyAdd(f, right, y4));
            f = R.Create(a3[twoRows]);
            (x5, y5) = (R.MultiplyAdd(f, left, x5), R.MultiplyAdd(f, right, y5));
            a0 += aStep;
            a3 += aStep;
        }

        ProductTiles.Write<R, V>(x0, y0, c, start);
        ProductTiles.Write<R, V>(x1, y1, c + cRow, start);
        ProductTiles.Write<R, V>(x2, y2, c + (2 * cRow), start);
        ProductTiles.Write<R, V>(x3, y3, c + (3 * cRow), start);
        ProductTiles.Write<R, V>(x4, y4, c + (4 * cRow), start);
        ProductTiles.Write<R, V>(x5, y5, c + (5 * cRow), start);
    }
}

/// <summary>Twelve rows: twenty-four sums, for processors with 32 vector registers.</summary>
/// <typeparam name="R">The operations.</typeparam>
/// <typeparam name="V">The register.</typeparam>
internal readonly unsafe struct ProductTile12<R, V> : IProductTile
    where R : struct, IRegister<V>
    where V : struct
{
    public static int Rows => 12;

    public static int Columns => 2 * R.Count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // a caller's variables would take registers
    public static void Multiply(float* a, nint aRow, nint aStep, float* b, int depth, float* c, nint cRow, float* start)
    {
        (V x0, V x1, V x2) = (R.Create(0), R.Create(0), R.Create(0));
        (V y0, V y1, V y2) = (R.Create(0), R.Create(0), R.Create(0));
        (V x3, V x4, V x5) = (R.Create(0), R.Create(0), R.Create(0));
        (V y3, V y4, V y5) = (R.Create(0), R.Create(0), R.Create(0));
        (V x6, V x7, V x8) = (R.Create(0), R.Create(0), R.Create(0));
        (V y6, V y7, V y8) = (R.Create(0), R.Create(0), R.Create(0));
        (V x9, V x10, V x11) = (R.Create(0), R.Create(0), R.Create(0));
        (V y9, V y10, V y11) = (R.Create(0), R.Create(0), R.Create(0));
        float* a0 = a;
        float* a3 = a + (3 * aRow);
        float* a6 = a + (6 * aRow);
        float* a9 = a + (9 * aRow);
        nint twoRows = 2 * aRow;
        ProductTiles.Prefetch<R, V>(c, cRow, Rows);
        for (float* end = b + ((nint)depth * Columns); b < end; b += Columns)
        {
            (V left, V right) = (R.Load(b), R.Load(b + R.Count));
            V f = R.Create(*a0);
            (x0, y0) = (R.MultiplyAdd(f, left, x0), R.MultiplyAdd(f, right, y0));
            f = R.Create(a0[aRow]);
            (x1, y1) = (R.MultiplyAdd(f, left, x1), R.MultiplyAdd(f, right, y1));
            f = R.Create(a0[twoRows]);
            (x2, y2) = (R.MultiplyAdd(f, left, x2), R.MultiplyAdd(f, right, y2));
            f = R.Create(*a3);
            (x3, y3) = (R.MultiplyAdd(f, left, x3), R.MultiplyAdd(f, right, y3));
            f = R.Create(a3[aRow]);
            (x4, y4) = (R.MultiplyAdd(f, left, x4), R.MultiplyAdd(f, right, y4));
            f = R.Create(a3[twoRows]);
            (x5, y5) = (R.MultiplyAdd(f, left, x5), R.MultiplyAdd(f, right, y5));
            f = R.Create(*a6);
            (x6, y6) = (R.MultiplyAdd(f, left, x6), R.MultiplyAdd(f, right, y6));
            f = R.Create(a6[aRow]);
            (x7, y7) = (R.MultiplyAdd(f, left, x7), R.MultiplyAdd(f, right, y7));
            f = R.Create(a6[twoRows]);
            (x8, y8) = (R.MultiplyAdd(f, left, x8), R.MultiplyAdd(f, right, y8));
            f = R.Create(*a9);
            (x9, y9) = (R.MultiplyAdd(f, left, x9), R.MultiplyAdd(f, right, y9));
            f = R.Create(a9[aRow]);
            (x10, y10) = (R.MultiplyAdd(f, left, x10), R.MultiplyAdd(f, right, y10));
            f = R.Create(a9[twoRows]);
            (x11, y11) = (R.MultiplyAdd(f, left, x11), R.MultiplyAdd(f, right, y11));
            a0 += aStep;
            a3 += aStep;
            a6 += aStep;
            a9 += aStep;
        }

        ProductTiles.Write<R, V>(x0, y0, c, start);
        ProductTiles.Write<R, V>(x1, y1, c + cRow, start);
        ProductTiles.Write<R, V>(x2, y2, c + (2 * cRow), start);
        ProductTiles.Write<R, V>(x3, y3, c + (3 * cRow), start);
        ProductTiles.Write<R, V>(x4, y4, c + (4 * cRow), start);
        ProductTiles.Write<R, V>(x5, y5, c + (5 * cRow), start);
        ProductTiles.Write<R, V>(x6, y6, c + (6 * cRow), start);
        ProductTiles.Write<R, V>(x7, y7, c + (7 * cRow), start);
        ProductTiles.Write<R, V>(x8, y8, c + (8 * cRow), start);
        ProductTiles.Write<R, V>(x9, y9, c + (9 * cRow), start);
        ProductTiles.Write<R, V>(x10, y10, c + (10 * cRow), start);
        ProductTiles.Write<R, V>(x11, y11, c + (11 * cRow), start);
    }
}

/// <summary>What tiles of every size do alike.</summary>
internal static unsafe class ProductTiles
{
    /// <summary>Asks for the tile's memory before its sums are computed, so that the end need not wait for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<R, V>(float* c, nint cRow, int rows)
        where R : struct, IRegister<V>
        where V : struct
    {
        for (int i = 0; i < rows; i++, c += cRow)
        {
            R.Prefetch(c);
            R.Prefetch(c + R.Count);
        }
    }

    /// <summary>Ends a row of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<R, V>(V left, V right, float* row, float* start)
        where R : struct, IRegister<V>
        where V : struct
    {
        float* first = start is null ? row : start;
        R.Store(R.Add(left, R.Load(first)), row);
        R.Store(R.Add(right, R.Load(first + R.Count)), row + R.Count);
    }
}
