using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    public static void Apply(Tensor scores, float scale, int threads)
    {
        int n = checked((int)scores.shape[^1]);
        nint address = Pass.Address(scores, ScalarType.BFloat16);
        Pass.Share(scores.numel() / n, threads, (_, first, end) =>
        {
            float* row = (float*)NativeMemory.AlignedAlloc((nuint)(n + Pass.Lanes) * sizeof(float), 64);
            for (long r = first; r < end; r++)
            {
                Row(address + (nint)(r * n * sizeof(ushort)), row, n, scale);
            }

            NativeMemory.AlignedFree(row);
        });
    }

    /// <summary>Each row g of gradients of probabilities p becomes that of the scores: scale p (g - sum of g p).</summary>
    /// <param name="gradient">(…, n), replaced.</param>
    /// <param name="probabilities">(…, n), from <see cref="Apply"/>.</param>
    /// <param name="scale">The factor given there.</param>
    /// <param name="threads">Threads that share the rows.</param>
    public static void Differentiate(Tensor gradient, Tensor probabilities, float scale, int threads)
    {
        int n = checked((int)gradient.shape[^1]);
        (nint g, nint p) = (Pass.Address(gradient, ScalarType.BFloat16), Pass.Address(probabilities, ScalarType.BFloat16));
        Pass.Share(gradient.numel() / n, threads, (_, first, end) =>
        {
            for (long r = first; r < end; r++)
            {
                nint offset = (nint)(r * n * sizeof(ushort));
                GradientRow(g + offset, p + offset, n, scale);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void Row(nint scores, float* row, int n, float scale)
    {
        int last = n - Pass.Lanes; // the last vector overlaps the one before it
        Vector512<float> factor = Vector512.Create(scale);
        Vector512<float> largest = Vector512.Create(float.NegativeInfinity);
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            Vector512<float> x = BFloat16.Load(scores, i) * factor;
            x.Store(row + i);
            largest = Vector512.MaxNative(largest, x);
        }

        Vector512<float> tail = BFloat16.Load(scores, last) * factor;
        tail.Store(row + last);
        Vector512.Create(float.NegativeInfinity).Store(row + n);
        Vector512<float> maximum = Vector512.Create(Largest(Vector512.MaxNative(largest, tail)));
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Pass.Lanes)
        {
            Vector512<float> e = Exponential(Vector512.Load(row + i) - maximum); // 1e-38 beyond the row: nothing beside the largest, which is 1
            e.Store(row + i);
            sum += e;
        }

        Vector512<float> share = Vector512.Create(1 / Vector512.Sum(sum));
        for (int i = 0; i < last; i += Pass.Lanes)
        {
            BFloat16.Store(Vector512.Load(row + i) * share, scores, i);
        }

        BFloat16.Store(Vector512.Load(row + last) * share, scores, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void GradientRow(nint gradient, nint probabilities, int n, float scale)
    {
        int whole = n - (n % Pass.Lanes);
        Vector512<float> sums = Vector512<float>.Zero;
        for (int i = 0; i < whole; i += Pass.Lanes)
        {
            sums += BFloat16.Load(gradient, i) * BFloat16.Load(probabilities, i);
        }

        float sum = Vector512.Sum(sums);
        for (int i = whole; i < n; i++)
        {
            sum += BFloat16.Read(gradient, i) * BFloat16.Read(probabilities, i);
        }

        (Vector512<float> mean, Vector512<float> factor) = (Vector512.Create(sum), Vector512.Create(scale));
        for (int i = 0; i < whole; i += Pass.Lanes)
        {
            BFloat16.Store((BFloat16.Load(gradient, i) - mean) * BFloat16.Load(probabilities, i) * factor, gradient, i);
        }

        for (int i = whole; i < n; i++)
        {
            BFloat16.Write((BFloat16.Read(gradient, i) - sum) * BFloat16.Read(probabilities, i) * scale, gradient, i);
        }
    }

    // 2^n (1 + r + r^2 P(r)) with P of the Cephes library's expf, relative error below 1e-7; Vector512.Exp computes in double precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exponential(Vector512<float> x)
    {
        x = Vector512.MaxNative(Vector512.Create(-87f), x); // below it float32 has subnormal numbers only; NaN comes through
        Vector512<float> n = Vector512.Round(x * Vector512.Create(1.44269504f));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        Vector512<float> value = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        return (value.AsInt32() + Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n), 23)).AsSingle(); // x 2^n
    }

    private static float Largest(Vector512<float> values)
    {
        Vector256<float> half = Vector256.Max(values.GetLower(), values.GetUpper());
        Vector128<float> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }
}
