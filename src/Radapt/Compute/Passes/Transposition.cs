using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Radapt.Compute.Passes;

/// <summary>Copies rows as columns, four by four in registers.</summary>
internal static unsafe class Transposition
{
    private const int Side = 4;

    /// <summary>target[i, r] = source[r, i].</summary>
    /// <param name="source">(rows, columns)</param>
    /// <param name="sourceRow">Numbers from one row of <paramref name="source"/> to the next.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="target">(columns, rows), written</param>
    /// <param name="targetRow">Numbers from one row of <paramref name="target"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    public static void Copy(float* source, nint sourceRow, int rows, int columns, float* target, nint targetRow)
    {
        int wholeRows = rows / Side * Side;
        int i = 0;
        for (; i + Side <= columns; i += Side)
        {
            for (int r = 0; r < wholeRows; r += Side)
            {
                float* from = source + (r * sourceRow) + i;
                float* to = target + (i * targetRow) + r;
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + sourceRow);
                Vector128<float> c = Vector128.Load(from + (2 * sourceRow)), d = Vector128.Load(from + (3 * sourceRow));
                (Vector128<float> first, Vector128<float> second) = (Lower(a, c), Lower(b, d)); // a0 c0 a1 c1, b0 d0 b1 d1
                (Vector128<float> third, Vector128<float> fourth) = (Upper(a, c), Upper(b, d)); // a2 c2 a3 c3, b2 d2 b3 d3
                Lower(first, second).Store(to);
                Upper(first, second).Store(to + targetRow);
                Lower(third, fourth).Store(to + (2 * targetRow));
                Upper(third, fourth).Store(to + (3 * targetRow));
            }
        }

        CopySingly(source, sourceRow, wholeRows, rows, 0, i, target, targetRow);
        CopySingly(source, sourceRow, 0, rows, i, columns, target, targetRow);
    }

    private static void CopySingly(
        float* source, nint sourceRow, int firstRow, int endRow, int firstColumn, int endColumn, float* target, nint targetRow)
    {
        for (int r = firstRow; r < endRow; r++)
        {
            for (int i = firstColumn; i < endColumn; i++)
            {
                target[(i * targetRow) + r] = source[(r * sourceRow) + i];
            }
        }
    }

    // a0 b0 a1 b1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lower(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    // a2 b2 a3 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);
}
