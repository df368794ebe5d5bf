using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Radapt.Compute.Passes;

/// <summary>
/// A low-rank update of a projection's output, out += B A dropout(x), and its gradients, each in one pass over the rows. The factors
/// and all sums are float32; four rows are taken at a time, and their copies stay in the processor's cache.
/// </summary>
internal static unsafe class LowRankPass
{
    private const int RowsAtATime = 4;

    /// <summary>Sizes of the update.</summary>
    /// <param name="Rows">M</param>
    /// <param name="Inputs">C, a multiple of 16.</param>
    /// <param name="Outputs">Numbers in a row of the output.</param>
    /// <param name="GroupOutputs">Numbers in an adapted part of it, a multiple of 16.</param>
    /// <param name="Rank">r of each part.</param>
    /// <param name="Groups">Places of the adapted parts in a row, in units of <paramref name="GroupOutputs"/>.</param>
    /// <param name="Threads">Threads that share the rows.</param>
    public sealed record Layout(long Rows, int Inputs, int Outputs, int GroupOutputs, int Rank, IReadOnlyList<int> Groups, int Threads)
    {
        /// <summary>Rows of all right factors together, K.</summary>
        public int Ranks => Rank * Groups.Count;
    }

    /// <summary>low = A dropout(x), and out += B low in every adapted part.</summary>
    /// <param name="x">(M, C)</param>
    /// <param name="a">(K, C), float32</param>
    /// <param name="b">(K, C'), float32: row k is column k of its part's left factor, scaled</param>
    /// <param name="output">(M, out), changed</param>
    /// <param name="low">(M, K), float32, written</param>
    /// <param name="mask">Dropout; null: none.</param>
    /// <param name="layout">Sizes.</param>
    public static void Apply<T>(nint x, nint a, nint b, nint output, nint low, DropoutMask? mask, Layout layout)
        where T : struct, IElement
    {
        (int c, int ranks, int width) = (layout.Inputs, layout.Ranks, layout.GroupOutputs);
        Pass.Share((layout.Rows + RowsAtATime - 1) / RowsAtATime, layout.Threads, (_, first, end) =>
        {
            float* rows = Allocate(RowsAtATime * c);
            float* some = Allocate(RowsAtATime * ranks);
            for (long block = first; block < end; block++)
            {
                long row = block * RowsAtATime;
                int count = (int)Math.Min(RowsAtATime, layout.Rows - row);
                Read<T>(x, row, count, c, mask, rows, null);
                Products(rows, (float*)a, c, ranks, some, ranks);
                new ReadOnlySpan<float>(some, count * ranks).CopyTo(new Span<float>((float*)low + (row * ranks), count * ranks));
                for (int i = 0; i < count; i++)
                {
                    for (int g = 0; g < layout.Groups.Count; g++)
                    {
                        nint place = output + ((nint)(((row + i) * layout.Outputs) + (layout.Groups[g] * width)) * T.Size);
                        int k = g * layout.Rank;
                        AddCombination<T>(place, (float*)b + (k * width), some + (i * ranks) + k, layout.Rank, width, null);
                    }
                }
            }

            NativeMemory.AlignedFree(rows);
            NativeMemory.AlignedFree(some);
        });
    }

    /// <summary>Gradients of <see cref="Apply"/>.</summary>
    /// <param name="x">(M, C), as there.</param>
    /// <param name="a">(K, C), as there.</param>
    /// <param name="b">(K, C'), as there.</param>
    /// <param name="low">(M, K), written there</param>
    /// <param name="above">(M, out): the output's gradient</param>
    /// <param name="ofX">(M, C): what the gradient by the update is added to; 0: not wanted</param>
    /// <param name="ofA">(K, C), float32, written</param>
    /// <param name="ofB">(K, C'), float32, written: without the scale of <paramref name="b"/></param>
    /// <param name="mask">As there.</param>
    /// <param name="layout">Sizes.</param>
    public static void Differentiate<T>(nint x, nint a, nint b, nint low, nint above, nint ofX, nint ofA, nint ofB, DropoutMask? mask, Layout layout)
        where T : struct, IElement
    {
        (int c, int ranks, int width) = (layout.Inputs, layout.Ranks, layout.GroupOutputs);
        int sums = ranks * (c + width);
        int parts = Pass.Parts(layout.Threads);
        float* partial = Allocate(parts * sums);
        new Span<float>(partial, parts * sums).Clear();
        Pass.Share((layout.Rows + RowsAtATime - 1) / RowsAtATime, layout.Threads, (part, first, end) =>
        {
            float* sumA = partial + (part * sums);
            float* sumB = sumA + (ranks * c);
            float* rows = Allocate(RowsAtATime * Math.Max(c, width));
            float* factors = Allocate(RowsAtATime * c);
            float* some = Allocate(RowsAtATime * ranks);
            float* gradients = Allocate(RowsAtATime * ranks);
            new Span<float>(some, RowsAtATime * ranks).Clear();
            for (long block = first; block < end; block++)
            {
                long row = block * RowsAtATime;
                int count = (int)Math.Min(RowsAtATime, layout.Rows - row);
                new Span<float>(some, RowsAtATime * ranks).Clear();
                new ReadOnlySpan<float>((float*)low + (row * ranks), count * ranks).CopyTo(new Span<float>(some, count * ranks));
                for (int g = 0; g < layout.Groups.Count; g++)
                {
                    int k = g * layout.Rank;
                    ReadPart<T>(above, row, count, layout.Outputs, layout.Groups[g] * width, width, rows);
                    Products(rows, (float*)b + (k * width), width, layout.Rank, gradients + k, ranks);
                    AddOuter(sumB + (k * width), rows, some + k, width, layout.Rank, ranks);
                }

                Read<T>(x, row, count, c, mask, rows, factors);
                AddOuter(sumA, rows, gradients, c, ranks, ranks);
                for (int i = 0; i < count && ofX != 0; i++)
                {
                    nint place = ofX + ((nint)((row + i) * c) * T.Size);
                    AddCombination<T>(place, (float*)a, gradients + (i * ranks), ranks, c, mask is null ? null : factors + (i * c));
                }
            }

            NativeMemory.AlignedFree(rows);
            NativeMemory.AlignedFree(factors);
            NativeMemory.AlignedFree(some);
            NativeMemory.AlignedFree(gradients);
        });
        Sum(partial, parts, sums, new Span<float>((float*)ofA, ranks * c), 0);
        Sum(partial, parts, sums, new Span<float>((float*)ofB, ranks * width), ranks * c);
        NativeMemory.AlignedFree(partial);
    }

    // Rows of x times their dropout factors, as float32; rows that are not there as zeros.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<T>(nint x, long row, int count, int c, DropoutMask? mask, float* rows, float* factors)
        where T : struct, IElement
    {
        if (mask is not { } dropout)
        {
            ReadPart<T>(x, row, count, c, 0, c, rows);
            return;
        }

        for (int i = 0; i < count; i++, rows += c)
        {
            nint source = x + ((nint)((row + i) * c) * T.Size);
            uint index = (uint)((row + i) * c);
            for (int j = 0; j < c; j += Pass.Lanes)
            {
                Vector512<float> factor = dropout.At(index + (uint)j);
                (T.Load(source, j) * factor).Store(rows + j);
                if (factors is not null)
                {
                    factor.Store(factors + (i * c) + j);
                }
            }
        }

        new Span<float>(rows, (RowsAtATime - count) * c).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadPart<T>(nint x, long row, int count, int stride, int first, int width, float* rows)
        where T : struct, IElement
    {
        for (int i = 0; i < count; i++, rows += width)
        {
            nint source = x + ((nint)(((row + i) * stride) + first) * T.Size);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                T.Load(source, j).Store(rows + j);
            }
        }

        new Span<float>(rows, (RowsAtATime - count) * width).Clear();
    }

    // results[i, k] = rows[i] . vectors[k] for four rows i
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Products(float* rows, float* vectors, int width, int count, float* results, int stride)
    {
        float* row1 = rows + width;
        float* row2 = row1 + width;
        float* row3 = row2 + width;
        for (int k = 0; k < count; k++, vectors += width, results++)
        {
            (Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3) = (default, default, default, default);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                Vector512<float> v = Vector512.Load(vectors + j);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Load(rows + j), v, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Load(row1 + j), v, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Load(row2 + j), v, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Load(row3 + j), v, s3);
            }

            results[0] = Vector512.Sum(s0);
            results[stride] = Vector512.Sum(s1);
            results[2 * stride] = Vector512.Sum(s2);
            results[3 * stride] = Vector512.Sum(s3);
        }
    }

    // sums[k] += sum of factors[i, k] rows[i] over four rows i
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOuter(float* sums, float* rows, float* factors, int width, int count, int stride)
    {
        float* row1 = rows + width;
        float* row2 = row1 + width;
        float* row3 = row2 + width;
        for (int k = 0; k < count; k++, sums += width, factors++)
        {
            (Vector512<float> f0, Vector512<float> f1) = (Vector512.Create(factors[0]), Vector512.Create(factors[stride]));
            (Vector512<float> f2, Vector512<float> f3) = (Vector512.Create(factors[2 * stride]), Vector512.Create(factors[3 * stride]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                Vector512<float> s = Vector512.FusedMultiplyAdd(f0, Vector512.Load(rows + j), Vector512.Load(sums + j));
                s = Vector512.FusedMultiplyAdd(f1, Vector512.Load(row1 + j), s);
                s = Vector512.FusedMultiplyAdd(f2, Vector512.Load(row2 + j), s);
                Vector512.FusedMultiplyAdd(f3, Vector512.Load(row3 + j), s).Store(sums + j);
            }
        }
    }

    // target += mask x sum of factors[k] vectors[k]; rounded once for every eight k
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCombination<T>(nint target, float* vectors, float* factors, int count, int width, float* mask)
        where T : struct, IElement
    {
        int k = 0;
        for (; k + 8 <= count; k += 8)
        {
            float* v = vectors + (k * width);
            float* w = v + (4 * width);
            (Vector512<float> f0, Vector512<float> f1) = (Vector512.Create(factors[k]), Vector512.Create(factors[k + 1]));
            (Vector512<float> f2, Vector512<float> f3) = (Vector512.Create(factors[k + 2]), Vector512.Create(factors[k + 3]));
            (Vector512<float> f4, Vector512<float> f5) = (Vector512.Create(factors[k + 4]), Vector512.Create(factors[k + 5]));
            (Vector512<float> f6, Vector512<float> f7) = (Vector512.Create(factors[k + 6]), Vector512.Create(factors[k + 7]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                Vector512<float> s = f0 * Vector512.Load(v + j);
                Vector512<float> t = f4 * Vector512.Load(w + j);
                s = Vector512.FusedMultiplyAdd(f1, Vector512.Load(v + width + j), s);
                t = Vector512.FusedMultiplyAdd(f5, Vector512.Load(w + width + j), t);
                s = Vector512.FusedMultiplyAdd(f2, Vector512.Load(v + (2 * width) + j), s);
                t = Vector512.FusedMultiplyAdd(f6, Vector512.Load(w + (2 * width) + j), t);
                s = Vector512.FusedMultiplyAdd(f3, Vector512.Load(v + (3 * width) + j), s) + Vector512.FusedMultiplyAdd(f7, Vector512.Load(w + (3 * width) + j), t);
                T.Store(T.Load(target, j) + (mask is null ? s : s * Vector512.Load(mask + j)), target, j);
            }
        }

        for (; k + 4 <= count; k += 4)
        {
            float* v = vectors + (k * width);
            (Vector512<float> f0, Vector512<float> f1) = (Vector512.Create(factors[k]), Vector512.Create(factors[k + 1]));
            (Vector512<float> f2, Vector512<float> f3) = (Vector512.Create(factors[k + 2]), Vector512.Create(factors[k + 3]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                Vector512<float> s = f0 * Vector512.Load(v + j);
                s = Vector512.FusedMultiplyAdd(f1, Vector512.Load(v + width + j), s);
                s = Vector512.FusedMultiplyAdd(f2, Vector512.Load(v + (2 * width) + j), s);
                s = Vector512.FusedMultiplyAdd(f3, Vector512.Load(v + (3 * width) + j), s);
                T.Store(T.Load(target, j) + (mask is null ? s : s * Vector512.Load(mask + j)), target, j);
            }
        }

        for (; k < count; k++)
        {
            Vector512<float> f = Vector512.Create(factors[k]);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                Vector512<float> s = f * Vector512.Load(vectors + (k * width) + j);
                T.Store(T.Load(target, j) + (mask is null ? s : s * Vector512.Load(mask + j)), target, j);
            }
        }
    }

    private static void Sum(float* partial, int parts, int stride, Span<float> total, int first)
    {
        for (int i = 0; i < total.Length; i++)
        {
            float sum = 0;
            for (int part = 0; part < parts; part++)
            {
                sum += partial[(part * stride) + first + i];
            }

            total[i] = sum;
        }
    }

    private static float* Allocate(int numbers) => (float*)NativeMemory.AlignedAlloc((nuint)numbers * sizeof(float), 64);
}
