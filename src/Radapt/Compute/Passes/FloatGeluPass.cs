using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// Exact GELU of float32 numbers and its gradient. Beyond ±|x|, Φ is exp(-x²/2) t P(t) with t = 1 / (1 + 0.26 |x|) and a polynomial of our
/// own fit, whose relative error is below 6e-8; the other side is 1 less that.
/// </summary>
internal static unsafe class FloatGeluPass
{
    // Numbers whose exponentials are computed before the rest: 4 KiB. In one loop, both are more than the compiler inlines where sixteen
    // numbers take several registers: it would call a function for each addition.
    private const int Chunk = 1024;

    private const uint Sign = 0x8000_0000;
    private const float NormalDensity = 0.3989422804f; // φ(0) = 1 / sqrt(2 π)

    /// <summary>x Φ(x) of every number.</summary>
    /// <param name="input">Contiguous float32 on the CPU, a multiple of 16 numbers.</param>
    /// <param name="output">The same shape, written.</param>
    /// <param name="threads">Threads that share the numbers.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Apply(Tensor input, Tensor output, int threads, int? vectorBits = null)
    {
        (nint x, nint y) = (Pass.Address(input, ScalarType.Float32), Pass.Address(output, ScalarType.Float32));
        Pass.Share(input.numel() / Pass.Lanes, threads, new Values((float*)x, (float*)y), vectorBits);
    }

    /// <summary>gradient = above x (Φ(x) + x φ(x)).</summary>
    /// <param name="input">What <see cref="Apply"/> read.</param>
    /// <param name="above">The result's gradient.</param>
    /// <param name="gradient">The input's gradient, written.</param>
    /// <param name="threads">Threads that share the numbers.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Differentiate(Tensor input, Tensor above, Tensor gradient, int threads, int? vectorBits = null)
    {
        nint x = Pass.Address(input, ScalarType.Float32);
        (nint g, nint d) = (Pass.Address(above, ScalarType.Float32), Pass.Address(gradient, ScalarType.Float32));
        Pass.Share(input.numel() / Pass.Lanes, threads, new Gradients((float*)x, (float*)g, (float*)d), vectorBits);
    }

    // Rows are sixteen numbers each.
    private readonly struct Values(float* input, float* output) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            float* bells = stackalloc float[Chunk];
            for (long i = first * Pass.Lanes; i < end * Pass.Lanes; i += Chunk)
            {
                int count = (int)Math.Min(Chunk, (end * Pass.Lanes) - i);
                Bells<V>(input + i, bells, count);
                Multiply<V>(input + i, bells, output + i, count);
            }
        }
    }

    private readonly struct Gradients(float* input, float* above, float* gradient) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            float* bells = stackalloc float[Chunk];
            for (long i = first * Pass.Lanes; i < end * Pass.Lanes; i += Chunk)
            {
                int count = (int)Math.Min(Chunk, (end * Pass.Lanes) - i);
                Bells<V>(input + i, bells, count);
                Differentiate<V>(input + i, bells, above + i, gradient + i, count);
            }
        }
    }

    // exp(-x²/2)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Bells<V>(float* input, float* bells, int count)
        where V : struct, ILanes<V>
    {
        for (int i = 0; i < count; i += Pass.Lanes)
        {
            V x = V.Load(input + i);
            V.Store(SoftmaxPass.Exponential(x * x * V.Create(-0.5f)), bells + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V>(float* input, float* bells, float* output, int count)
        where V : struct, ILanes<V>
    {
        for (int i = 0; i < count; i += Pass.Lanes)
        {
            V x = V.Load(input + i);
            V.Store(x * Distribution(x, V.Load(bells + i)), output + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Differentiate<V>(float* input, float* bells, float* above, float* gradient, int count)
        where V : struct, ILanes<V>
    {
        for (int i = 0; i < count; i += Pass.Lanes)
        {
            (V x, V bell) = (V.Load(input + i), V.Load(bells + i));
            V slope = V.MultiplyAdd(x * V.Create(NormalDensity), bell, Distribution(x, bell));
            V.Store(V.Load(above + i) * slope, gradient + i);
        }
    }

    // Φ(x)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Distribution<V>(V x, V bell)
        where V : struct, ILanes<V>
    {
        V size = x & V.Pattern(~Sign);
        V t = V.Create(1) / V.MultiplyAdd(size, V.Create(0.26f), V.Create(1));
        V p = V.Create(0.03247613f);
        p = V.MultiplyAdd(p, t, V.Create(-0.16234359f));
        p = V.MultiplyAdd(p, t, V.Create(0.27101228f));
        p = V.MultiplyAdd(p, t, V.Create(-0.17313145f));
        p = V.MultiplyAdd(p, t, V.Create(0.17618172f));
        p = V.MultiplyAdd(p, t, V.Create(0.044567894f));
        p = V.MultiplyAdd(p, t, V.Create(0.104678705f));
        p = V.MultiplyAdd(p, t, V.Create(0.10278564f));
        p = V.MultiplyAdd(p, t, V.Create(0.10377268f));
        V beyond = p * t * bell;
        return V.Select(V.IsAtLeast(x, V.Pattern(Sign)), beyond, V.Create(1) - beyond);
    }
}
