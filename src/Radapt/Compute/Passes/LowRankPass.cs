using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

        /// <summary>As for <see cref="Pass.Share"/>.</summary>
        public int? VectorBits { get; init; }

        /// <summary>How often a pass takes some rows.</summary>
        internal long Blocks => (Rows + RowsAtATime - 1) / RowsAtATime;
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
        var work = new Forward<T>(x, (float*)a, (float*)b, output, (float*)low, mask, layout);
        Pass.Share(layout.Blocks, layout.Threads, work, layout.VectorBits);
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
    public static void Differentiate<T>(nint x, nint a, nint b, nint low, nint above, nint ofX, nint ofA, nint ofB,
        DropoutMask? mask, Layout layout)
        where T : struct, IElement
    {
        var partial = new PartialSums(Pass.Parts(layout.Threads), layout.Ranks * (layout.Inputs + layout.GroupOutputs));
        var work = new Backward<T>(x, (float*)a, (float*)b, (float*)low, above, ofX, partial, mask, layout);
        Pass.Share(layout.Blocks, layout.Threads, work, layout.VectorBits);
        partial.Total(new Span<float>((float*)ofA, layout.Ranks * layout.Inputs), 0);
        partial.Total(new Span<float>((float*)ofB, layout.Ranks * layout.GroupOutputs), layout.Ranks * layout.Inputs);
        partial.Free();
    }

    private readonly struct Forward<T>(nint x, float* a, float* b, nint output, float* low, DropoutMask? mask, Layout layout) : IRowWork
        where T : struct, IElement
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            (int c, int ranks, int width) = (layout.Inputs, layout.Ranks, layout.GroupOutputs);
            float* rows = Allocate(RowsAtATime * c);
            float* some = Allocate(RowsAtATime * ranks);
            for (long block = first; block < end; block++)
            {
                long row = block * RowsAtATime;
                int count = (int)Math.Min(RowsAtATime, layout.Rows - row);
                Read<T, V>(x, row, count, c, mask, rows, null);
                Products<V>(rows, a, c, ranks, some, ranks);
                new ReadOnlySpan<float>(some, count * ranks).CopyTo(new Span<float>(low + (row * ranks), count * ranks));
                for (int i = 0; i < count; i++)
                {
                    for (int g = 0; g < layout.Groups.Count; g++)
                    {
                        nint place = output + ((nint)(((row + i) * layout.Outputs) + (layout.Groups[g] * width)) * T.Size);
                        int k = g * layout.Rank;
                        AddCombination<T, V>(place, b + (k * width), some + (i * ranks) + k, layout.Rank, width, null);
                    }
                }
            }

            NativeMemory.AlignedFree(rows);
            NativeMemory.AlignedFree(some);
        }
    }

    private readonly struct Backward<T>(
        nint x, float* a, float* b, float* low, nint above, nint ofX, PartialSums ofFactors, DropoutMask? mask, Layout layout) : IRowWork
        where T : struct, IElement
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            (int c, int ranks, int width) = (layout.Inputs, layout.Ranks, layout.GroupOutputs);
            float* sumA = ofFactors.For(part);
            float* sumB = sumA + (ranks * c);
            float* rows = Allocate(RowsAtATime * Math.Max(c, width));
            float* factors = Allocate(RowsAtATime * c);
            float* some = Allocate(RowsAtATime * ranks);
            float* gradients = Allocate(RowsAtATime * ranks);
            for (long block = first; block < end; block++)
            {
                long row = block * RowsAtATime;
                int count = (int)Math.Min(RowsAtATime, layout.Rows - row);
                new Span<float>(some, RowsAtATime * ranks).Clear();
                new ReadOnlySpan<float>(low + (row * ranks), count * ranks).CopyTo(new Span<float>(some, count * ranks));
                for (int g = 0; g < layout.Groups.Count; g++)
                {
                    int k = g * layout.Rank;
                    ReadPart<T, V>(above, row, count, layout.Outputs, layout.Groups[g] * width, width, rows);
                    Products<V>(rows, b + (k * width), width, layout.Rank, gradients + k, ranks);
                    AddOuter<V>(sumB + (k * width), rows, some + k, width, layout.Rank, ranks);
                }

                Read<T, V>(x, row, count, c, mask, rows, factors);
                AddOuter<V>(sumA, rows, gradients, c, ranks, ranks);
                for (int i = 0; i < count && ofX != 0; i++)
                {
                    nint place = ofX + ((nint)((row + i) * c) * T.Size);
                    AddCombination<T, V>(place, a, gradients + (i * ranks), ranks, c, mask is null ? null : factors + (i * c));
                }
            }

            NativeMemory.AlignedFree(rows);
            NativeMemory.AlignedFree(factors);
            NativeMemory.AlignedFree(some);
            NativeMemory.AlignedFree(gradients);
        }
    }

    // Rows of x times their dropout factors, as float32; rows that are not there as zeros.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<T, V>(nint x, long row, int count, int c, DropoutMask? mask, float* rows, float* factors)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        if (mask is not { } dropout)
        {
            ReadPart<T, V>(x, row, count, c, 0, c, rows);
            return;
        }

        for (int i = 0; i < count; i++, rows += c)
        {
            nint source = x + ((nint)((row + i) * c) * T.Size);
            uint index = (uint)((row + i) * c);
            for (int j = 0; j < c; j += Pass.Lanes)
            {
                V factor = dropout.At<V>(index + (uint)j);
                V.Store(T.Load<V>(source, j) * factor, rows + j);
                if (factors is not null)
                {
                    V.Store(factor, factors + (i * c) + j);
                }
            }
        }

        new Span<float>(rows, (RowsAtATime - count) * c).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadPart<T, V>(nint x, long row, int count, int stride, int first, int width, float* rows)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        for (int i = 0; i < count; i++, rows += width)
        {
            nint source = x + ((nint)(((row + i) * stride) + first) * T.Size);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V.Store(T.Load<V>(source, j), rows + j);
            }
        }

        new Span<float>(rows, (RowsAtATime - count) * width).Clear();
    }

    // results[i, k] = rows[i] . vectors[k] for four rows i
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Products<V>(float* rows, float* vectors, int width, int count, float* results, int stride)
        where V : struct, ILanes<V>
    {
        float* row1 = rows + width;
        float* row2 = row1 + width;
        float* row3 = row2 + width;
        for (int k = 0; k < count; k++, vectors += width, results++)
        {
            (V s0, V s1, V s2, V s3) = (default, default, default, default);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V v = V.Load(vectors + j);
                s0 = V.MultiplyAdd(V.Load(rows + j), v, s0);
                s1 = V.MultiplyAdd(V.Load(row1 + j), v, s1);
                s2 = V.MultiplyAdd(V.Load(row2 + j), v, s2);
                s3 = V.MultiplyAdd(V.Load(row3 + j), v, s3);
            }

            results[0] = Lanes<V>.Sum(s0);
            results[stride] = Lanes<V>.Sum(s1);
            results[2 * stride] = Lanes<V>.Sum(s2);
            results[3 * stride] = Lanes<V>.Sum(s3);
        }
    }

    // sums[k] += sum of factors[i, k] rows[i] over four rows i
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOuter<V>(float* sums, float* rows, float* factors, int width, int count, int stride)
        where V : struct, ILanes<V>
    {
        float* row1 = rows + width;
        float* row2 = row1 + width;
        float* row3 = row2 + width;
        for (int k = 0; k < count; k++, sums += width, factors++)
        {
            (V f0, V f1) = (V.Create(factors[0]), V.Create(factors[stride]));
            (V f2, V f3) = (V.Create(factors[2 * stride]), V.Create(factors[3 * stride]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V s = V.MultiplyAdd(f0, V.Load(rows + j), V.Load(sums + j));
                s = V.MultiplyAdd(f1, V.Load(row1 + j), s);
                s = V.MultiplyAdd(f2, V.Load(row2 + j), s);
                V.Store(V.MultiplyAdd(f3, V.Load(row3 + j), s), sums + j);
            }
        }
    }

    // target += mask x sum of factors[k] vectors[k]; rounded once for every eight k
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCombination<T, V>(nint target, float* vectors, float* factors, int count, int width, float* mask)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        int k = 0;
        for (; k + 8 <= count; k += 8)
        {
            float* v = vectors + (k * width);
            float* w = v + (4 * width);
            (V f0, V f1) = (V.Create(factors[k]), V.Create(factors[k + 1]));
            (V f2, V f3) = (V.Create(factors[k + 2]), V.Create(factors[k + 3]));
            (V f4, V f5) = (V.Create(factors[k + 4]), V.Create(factors[k + 5]));
            (V f6, V f7) = (V.Create(factors[k + 6]), V.Create(factors[k + 7]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V s = f0 * V.Load(v + j);
                V t = f4 * V.Load(w + j);
                s = V.MultiplyAdd(f1, V.Load(v + width + j), s);
                t = V.MultiplyAdd(f5, V.Load(w + width + j), t);
                s = V.MultiplyAdd(f2, V.Load(v + (2 * width) + j), s);
                t = V.MultiplyAdd(f6, V.Load(w + (2 * width) + j), t);
                s = V.MultiplyAdd(f3, V.Load(v + (3 * width) + j), s) + V.MultiplyAdd(f7, V.Load(w + (3 * width) + j), t);
                T.Store(T.Load<V>(target, j) + (mask is null ? s : s * V.Load(mask + j)), target, j);
            }
        }

        for (; k + 4 <= count; k += 4)
        {
            float* v = vectors + (k * width);
            (V f0, V f1) = (V.Create(factors[k]), V.Create(factors[k + 1]));
            (V f2, V f3) = (V.Create(factors[k + 2]), V.Create(factors[k + 3]));
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V s = f0 * V.Load(v + j);
                s = V.MultiplyAdd(f1, V.Load(v + width + j), s);
                s = V.MultiplyAdd(f2, V.Load(v + (2 * width) + j), s);
                s = V.MultiplyAdd(f3, V.Load(v + (3 * width) + j), s);
                T.Store(T.Load<V>(target, j) + (mask is null ? s : s * V.Load(mask + j)), target, j);
            }
        }

        for (; k < count; k++)
        {
            V f = V.Create(factors[k]);
            for (int j = 0; j < width; j += Pass.Lanes)
            {
                V s = f * V.Load(vectors + (k * width) + j);
                T.Store(T.Load<V>(target, j) + (mask is null ? s : s * V.Load(mask + j)), target, j);
            }
        }
    }

    private static float* Allocate(int numbers) => (float*)NativeMemory.AlignedAlloc((nuint)numbers * sizeof(float), 64);
}
