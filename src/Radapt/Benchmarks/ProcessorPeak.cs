using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Radapt.Compute;
using Radapt.Compute.Passes;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Benchmarks;

/// <summary>The rate that the processor's arithmetic reaches when memory does not matter: what no library can exceed.</summary>
/// <param name="Gflops">10^9 floating-point operations a second, all threads together.</param>
/// <param name="MeasuredBy">What was computed.</param>
internal sealed record ProcessorPeak(double Gflops, string MeasuredBy)
{
    private const int Iterations = 1 << 20; // some milliseconds
    private const int Repeats = 12;         // the fastest counts: whatever disturbs makes it slower
    private static readonly int[] s_sides = [1024, 2048];

    /// <summary>
    /// In float32 independent fused multiply-adds in registers, with the widest vectors. .NET does not offer the processors' bfloat16 dot
    /// products, so in bfloat16 it is the library's fastest product of large square matrices, which stays below the true peak. Null: on
    /// another device than the CPU, and in float32 on a processor without fused multiply-adds.
    /// </summary>
    internal static ProcessorPeak? Measure(ComputePlan plan, CancellationToken cancellation)
    {
        if (plan.TorchDevice.type != DeviceType.CPU)
        {
            return null;
        }

        return plan.Type == ScalarType.BFloat16 ? BestProduct(plan, cancellation)
            : Pass.IsFast ? MultiplyAdds(plan.Threads, cancellation)
            : null;
    }

    private static ProcessorPeak MultiplyAdds(int threads, CancellationToken cancellation)
    {
        Func<float> work = Pass.VectorBits switch
        {
            512 => TwelveChains<Lanes512>,
            256 => SixChains<Lanes256>,
            _ => SixChains<Lanes128>,
        };
        double each = 2.0 * Pass.Lanes * Iterations * (Pass.VectorBits == 512 ? 12 : 6);
        double seconds = Fastest(() => Together(threads, work), cancellation);
        string name = string.Create(CultureInfo.InvariantCulture, $"fused multiply-adds in registers of {Pass.VectorBits} bits");
        return new ProcessorPeak(1e-9 * threads * each / seconds, name);
    }

    private static ProcessorPeak BestProduct(ComputePlan plan, CancellationToken cancellation)
    {
        using var noGradient = inference_mode();
        return s_sides.Select(side =>
        {
            using var scope = NewDisposeScope();
            (Tensor a, Tensor b) = (ones([side, side], plan.Type), ones([side, side], plan.Type));
            double seconds = Fastest(
                () =>
                {
                    long start = Stopwatch.GetTimestamp();
                    a.matmul(b).Dispose();
                    return Stopwatch.GetElapsedTime(start).TotalSeconds;
                },
                cancellation);
            string name = string.Create(CultureInfo.InvariantCulture, $"the library's product of {side} x {side} matrices");
            return new ProcessorPeak(2e-9 * side * side * side / seconds, name);
        }).MaxBy(p => p.Gflops)!;
    }

    private static double Fastest(Func<double> seconds, CancellationToken cancellation)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            fastest = Math.Min(fastest, seconds());
        }

        return fastest;
    }

    // Seconds from the moment when all threads have started until the last is done.
    private static double Together(int threads, Func<float> work)
    {
        long start = 0;
        using var begin = new Barrier(threads, _ => start = Stopwatch.GetTimestamp());
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            begin.SignalAndWait();
            GC.KeepAlive(work());
        }))];
        Array.ForEach(workers, w => w.Start());
        Array.ForEach(workers, w => w.Join());
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Registers: 12 of AVX2's 16, 24 of Arm's 32. Every x goes to 1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SixChains<V>()
        where V : struct, ILanes<V>
    {
        (V keep, V add) = (V.Create(0.5f), V.Create(0.5f));
        V a = V.Create(0), b = a, c = a, d = a, e = a, f = a;
        for (int i = 0; i < Iterations; i++)
        {
            a = V.MultiplyAdd(a, keep, add);
            b = V.MultiplyAdd(b, keep, add);
            c = V.MultiplyAdd(c, keep, add);
            d = V.MultiplyAdd(d, keep, add);
            e = V.MultiplyAdd(e, keep, add);
            f = V.MultiplyAdd(f, keep, add);
        }

        return Lanes<V>.Sum(a + b + c + d + e + f);
    }

    // Where one register holds sixteen numbers, six chains would wait for their own results.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float TwelveChains<V>()
        where V : struct, ILanes<V>
    {
        (V keep, V add) = (V.Create(0.5f), V.Create(0.5f));
        V a = V.Create(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (int n = 0; n < Iterations; n++)
        {
            a = V.MultiplyAdd(a, keep, add);
            b = V.MultiplyAdd(b, keep, add);
            c = V.MultiplyAdd(c, keep, add);
            d = V.MultiplyAdd(d, keep, add);
            e = V.MultiplyAdd(e, keep, add);
            f = V.MultiplyAdd(f, keep, add);
            g = V.MultiplyAdd(g, keep, add);
            h = V.MultiplyAdd(h, keep, add);
            i = V.MultiplyAdd(i, keep, add);
            j = V.MultiplyAdd(j, keep, add);
            k = V.MultiplyAdd(k, keep, add);
            l = V.MultiplyAdd(l, keep, add);
        }

        return Lanes<V>.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
