using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Passes over bfloat16 memory that libtorch makes several of, or slow ones: softmax and its gradient, in place,
/// computed in float32 and rounded once. Tensors are contiguous, on the CPU and bfloat16.
/// </summary>
internal static unsafe class BFloat16Rows
{
    private const int Lanes = 16;

    /// <summary>Whether this processor has the instructions that the passes are written in.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>The shortest row that the passes take.</summary>
    public static int ShortestRow => Lanes;

    /// <summary>Each row x becomes softmax(scale x).</summary>
    /// <param name="scores">(…, n), n at least <see cref="ShortestRow"/></param>
    /// <param name="scale">Factor before the exponential.</param>
    /// <param name="threads">Threads that share the rows.</param>
    public static void Softmax(Tensor scores, float scale, int threads)
    {
        int n = checked((int)scores.shape[^1]);
        nint address = Address(scores);
        Share(scores.numel() / n, threads, (first, end) =>
        {
            float* row = (float*)NativeMemory.AlignedAlloc((nuint)(n + Lanes) * sizeof(float), 64);
            for (long r = first; r < end; r++)
            {
                SoftmaxRow((ushort*)address + (r * n), row, n, scale);
            }

            NativeMemory.AlignedFree(row);
        });
    }

    /// <summary>Each row g of gradients of probabilities p becomes that of the scores: scale p (g - sum of g p).</summary>
    /// <param name="gradient">(…, n), replaced.</param>
    /// <param name="probabilities">(…, n), from <see cref="Softmax"/>.</param>
    /// <param name="scale">The factor given there.</param>
    /// <param name="threads">Threads that share the rows.</param>
    public static void SoftmaxGradient(Tensor gradient, Tensor probabilities, float scale, int threads)
    {
        int n = checked((int)gradient.shape[^1]);
        (nint g, nint p) = (Address(gradient), Address(probabilities));
        Share(gradient.numel() / n, threads, (first, end) =>
        {
            for (long r = first; r < end; r++)
            {
                SoftmaxGradientRow((ushort*)g + (r * n), (ushort*)p + (r * n), n, scale);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void SoftmaxRow(ushort* scores, float* row, int n, float scale)
    {
        int last = n - Lanes; // the last vector overlaps the one before it
        Vector512<float> factor = Vector512.Create(scale);
        Vector512<float> largest = Vector512.Create(float.NegativeInfinity);
        for (int i = 0; i < last; i += Lanes)
        {
            Vector512<float> x = Load(scores + i) * factor;
            x.Store(row + i);
            largest = Vector512.Max(largest, x);
        }

        Vector512<float> tail = Load(scores + last) * factor;
        tail.Store(row + last);
        Vector512.Create(float.NegativeInfinity).Store(row + n);
        Vector512<float> maximum = Vector512.Create(Max(Vector512.Max(largest, tail)));
        Vector512<float> sum = Vector512<float>.Zero;
        for (int i = 0; i < n; i += Lanes)
        {
            Vector512<float> e = Exp(Vector512.Load(row + i) - maximum); // 0 beyond the row
            e.Store(row + i);
            sum += e;
        }

        Vector512<float> share = Vector512.Create(1 / Vector512.Sum(sum));
        for (int i = 0; i < last; i += Lanes)
        {
            Store(Vector512.Load(row + i) * share, scores + i);
        }

        Store(Vector512.Load(row + last) * share, scores + last);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private static void SoftmaxGradientRow(ushort* gradient, ushort* probabilities, int n, float scale)
    {
        int whole = n - (n % Lanes);
        Vector512<float> sums = Vector512<float>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            sums += Load(gradient + i) * Load(probabilities + i);
        }

        float sum = Vector512.Sum(sums);
        for (int i = whole; i < n; i++)
        {
            sum += Single(gradient[i]) * Single(probabilities[i]);
        }

        (Vector512<float> mean, Vector512<float> factor) = (Vector512.Create(sum), Vector512.Create(scale));
        for (int i = 0; i < whole; i += Lanes)
        {
            Store((Load(gradient + i) - mean) * Load(probabilities + i) * factor, gradient + i);
        }

        for (int i = whole; i < n; i++)
        {
            gradient[i] = Round((Single(gradient[i]) - sum) * Single(probabilities[i]) * scale);
        }
    }

    // 2^n (1 + r + r^2 P(r)) with P of the Cephes library's expf, relative error below 1e-7; Vector512.Exp computes in double precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.Max(x, Vector512.Create(-104f)); // below it float32 has nothing but 0
        Vector512<float> n = Avx512F.RoundScale(x * Vector512.Create(1.44269504f), 0);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        return Avx512F.Scale(Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ushort* values) =>
        Vector512.ShiftLeft(Avx512F.ConvertToVector512UInt32(Vector256.Load(values)), 16).AsSingle();

    // To the nearest, ties to even; values here are finite or NaN, and NaN stays one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> values, ushort* target)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> odd = Vector512.ShiftRightLogical(bits, 16) & Vector512<uint>.One;
        Vector512<uint> rounded = Vector512.ShiftRightLogical(bits + Vector512.Create(0x7FFFu) + odd, 16);
        Vector512<uint> notNumber = Vector512.Create(0x7FC0u);
        Avx512F.ConvertToVector256UInt16(Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, notNumber)).Store(target);
    }

    private static float Single(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    private static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static float Max(Vector512<float> values)
    {
        Vector256<float> half = Vector256.Max(values.GetLower(), values.GetUpper());
        Vector128<float> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    private static nint Address(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.BFloat16 || tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
        {
            throw new ArgumentException("The tensor must be contiguous bfloat16 on the CPU.", nameof(tensor));
        }

        return TensorAddress.Of(tensor);
    }

    private static void Share(long count, int threads, Action<long, long> part)
    {
        long size = (count + threads - 1) / threads;
        if (threads == 1)
        {
            part(0, count);
            return;
        }

        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => part(Math.Min(i * size, count), Math.Min((i + 1) * size, count)));
    }
}
