using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>Softmax of bfloat16 numbers and its gradient in place, computed in float32 and rounded once.</summary>
internal static unsafe class SoftmaxPass
{
    /// <summary>The shortest row that the passes take.</summary>
    public const int ShortestRow = Pass.Lanes;

    /// <summary>Each row x becomes softmax(scale x).</summary>
    /// <param name="scores">(…, n), n at least <see cref="ShortestRow"/>; contiguous, bfloat16, on the CPU.</param>
    /// <param name="scale">Factor before the exponential.</param>
    /// <param name="threads">Threads that share the rows.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Apply(Tensor scores, float scale, int threads, int? vectorBits = null)
    {
        int n = checked((int)scores.shape[^1]);
        nint address = Pass.Address(scores, ScalarType.BFloat16);
        Pass.Share(scores.numel() / n, threads, new Values(address, n, scale), vectorBits);
    }

    /// <summary>Each row g of gradients of probabilities p becomes that of the scores: scale p (g - sum of g p).</summary>
    /// <param name="gradient">(…, n), replaced.</param>
    /// <param name="probabilities">(…, n), from <see cref="Apply"/>.</param>
    /// <param name="scale">The factor given there.</param>
    /// <param name="threads">Threads that share the rows.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Differentiate(Tensor gradient, Tensor probabilities, float scale, int threads, int? vectorBits = null)
    {
        int n = checked((int)gradient.shape[^1]);
        (nint g, nint p) = (Pass.Address(gradient, ScalarType.BFloat16), Pass.Address(probabilities, ScalarType.BFloat16));
        Pass.Share(gradient.numel() / n, threads, new Gradients(g, p, n, scale), vectorBits);
    }

    private readonly struct Values(nint scores, int n, float scale) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            float* row = (float*)NativeMemory.AlignedAlloc((nuint)(n + Pass.Lanes) * sizeof(float), 64);
            for (long r = first; r < end; r++)
            {
                Row<V>(scores + (nint)(r * n * sizeof(ushort)), row, n, scale);
            }

            NativeMemory.AlignedFree(row);
        }
    }

    private readonly struct Gradients(nint gradient, nint probabilities, int n, float scale) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            for (long r = first; r < end; r++)
            {
                nint offset = (nint)(r * n * sizeof(ushort));
                GradientRow<V>(gradient + offset, probabilities + offset, n, scale);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void Row<V>(nint scores, float* row, int n, float scale)
        where V : struct, ILanes<V>
    {
        int last = n - Pass.Lanes; // the last vector overlaps the one before it
        V factor = V.Create(scale);
        V largest = V.Create(float.NegativeInfinity);
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            V x = BFloat16.Load<V>(scores, i) * factor;
            V.Store(x, row + i);
            largest = V.Max(largest, x);
        }

        V tail = BFloat16.Load<V>(scores, last) * factor;
        V.Store(tail, row + last);
        V.Store(V.Create(float.NegativeInfinity), row + n);
        V maximum = V.Create(Lanes<V>.Max(V.Max(largest, tail)));
        V sum = V.Create(0);
        for (int i = 0; i < n; i += Pass.Lanes)
        {
            V e = Exponential(V.Load(row + i) - maximum); // 1e-38 beyond the row: nothing beside the largest, which is 1
            V.Store(e, row + i);
            sum += e;
        }

        V share = V.Create(1 / Lanes<V>.Sum(sum));
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            BFloat16.Store(V.Load(row + i) * share, scores, i);
        }

        BFloat16.Store(V.Load(row + last) * share, scores, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void GradientRow<V>(nint gradient, nint probabilities, int n, float scale)
        where V : struct, ILanes<V>
    {
        int last = n - Pass.Lanes; // the last vector overlaps the one before it
        V sums = V.Create(0);
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            sums += BFloat16.Load<V>(gradient, i) * BFloat16.Load<V>(probabilities, i);
        }

        // Read before the vector that it overlaps is replaced, but not before the loop: that would take twice as long.
        V lastGradient = BFloat16.Load<V>(gradient, last);
        V lastProbability = BFloat16.Load<V>(probabilities, last);
        uint overlap = (uint)(-n & (Pass.Lanes - 1));
        sums += (lastGradient * lastProbability) & V.IsAtLeast(V.Integers(0), V.Pattern(overlap));
        (V mean, V factor) = (V.Create(Lanes<V>.Sum(sums)), V.Create(scale));
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            BFloat16.Store((BFloat16.Load<V>(gradient, i) - mean) * BFloat16.Load<V>(probabilities, i) * factor, gradient, i);
        }

        BFloat16.Store((lastGradient - mean) * lastProbability * factor, gradient, last);
    }

    // 2^n (1 + r + r^2 P(r)) with P of the Cephes library's expf, relative error below 1e-7; Vector512.Exp computes in double precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Exponential<V>(V x)
        where V : struct, ILanes<V>
    {
        x = V.Max(V.Create(-87f), x); // below it float32 has subnormal numbers only; NaN comes through
        V n = V.Round(x * V.Create(1.44269504f));
        V r = V.MultiplyAdd(n, V.Create(-0.693359375f), x);
        r = V.MultiplyAdd(n, V.Create(2.12194440e-4f), r);
        V p = V.Create(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.Create(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.Create(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.Create(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.Create(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.Create(5.0000001201e-1f));
        V value = V.MultiplyAdd(p, r * r, r + V.Create(1));
        return V.AddIntegers(value, V.ShiftLeft(V.ToIntegers(n), 23)); // x 2^n
    }
}
