using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// Exact GELU of bfloat16 numbers and its gradient by looking them up: there are 65,536 of them, and those that occur stay in the
/// processor's cache. Each is the float64 result, rounded once.
/// </summary>
internal static unsafe class GeluPass
{
    private static readonly Lazy<ushort[]> s_values = new(TableOfValues);

    // The factor of the gradient, rounded too: in float32 the numbers that occur would not fit the innermost cache.
    private static readonly Lazy<ushort[]> s_slopes = new(TableOfSlopes);

    /// <summary>x Φ(x) of every number.</summary>
    /// <param name="input">Contiguous bfloat16 on the CPU, a multiple of four numbers.</param>
    /// <param name="output">The same shape, written.</param>
    /// <param name="threads">Threads that share the numbers.</param>
    public static void Apply(Tensor input, Tensor output, int threads)
    {
        (nint x, nint y) = (Pass.Address(input, ScalarType.BFloat16), Pass.Address(output, ScalarType.BFloat16));
        Pass.Share(input.numel() / 4, threads, new Values((ulong*)x, (ulong*)y, s_values.Value));
    }

    /// <summary>gradient = above x (Φ(x) + x φ(x)).</summary>
    /// <param name="input">What <see cref="Apply"/> read, a multiple of 16 numbers.</param>
    /// <param name="above">The result's gradient.</param>
    /// <param name="gradient">The input's gradient, written.</param>
    /// <param name="threads">Threads that share the numbers.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Differentiate(Tensor input, Tensor above, Tensor gradient, int threads, int? vectorBits = null)
    {
        nint x = Pass.Address(input, ScalarType.BFloat16);
        (nint g, nint d) = (Pass.Address(above, ScalarType.BFloat16), Pass.Address(gradient, ScalarType.BFloat16));
        Pass.Share(input.numel() / Pass.Lanes, threads, new Gradients(x, g, d, s_slopes.Value), vectorBits);
    }

    // Rows are four numbers each.
    private readonly struct Values(ulong* input, ulong* output, ushort[] values) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V> => Look(input + first, output + first, end - first, values);
    }

    // Rows are sixteen numbers each.
    private readonly struct Gradients(nint input, nint above, nint gradient, ushort[] slopes) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            const int Some = 1024; // a load must not wait for the narrower stores before it
            ulong* found = stackalloc ulong[Some / 4];
            for (long done = first * Pass.Lanes; done < end * Pass.Lanes; done += Some)
            {
                int now = (int)Math.Min(Some, (end * Pass.Lanes) - done);
                Look((ulong*)input + (done / 4), found, now / 4, slopes);
                Multiply<V>((nint)found, above, gradient, (nint)done, now);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Look(ulong* input, ulong* output, long count, ushort[] values)
    {
        fixed (ushort* table = values)
        {
            for (long i = 0; i < count; i++)
            {
                ulong four = input[i];
                ulong low = table[(ushort)four] | ((uint)table[(ushort)(four >> 16)] << 16);
                uint high = table[(ushort)(four >> 32)] | ((uint)table[four >> 48] << 16);
                output[i] = low | ((ulong)high << 32);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<V>(nint slopes, nint above, nint gradient, nint first, int count)
        where V : struct, ILanes<V>
    {
        for (int i = 0; i < count; i += Pass.Lanes)
        {
            BFloat16.Store(BFloat16.Load<V>(above, first + i) * BFloat16.Load<V>(slopes, i), gradient, first + i);
        }
    }

    private static ushort[] Rounded(Tensor results)
    {
        Tensor rounded = results.to(ScalarType.BFloat16);
        return new ReadOnlySpan<ushort>((void*)TensorAddress.Get(rounded), 1 << 16).ToArray();
    }

    private static ushort[] TableOfValues()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Rounded(nn.functional.gelu(All()));
    }

    private static ushort[] TableOfSlopes()
    {
        using var scope = NewDisposeScope();
        using var gradient = enable_grad();
        Tensor x = All().requires_grad_(true);
        nn.functional.gelu(x).sum().backward();
        return Rounded(x.grad!);
    }

    // Every bfloat16 in the order of its bits, in float64.
    private static Tensor All()
    {
        var bits = new float[1 << 16];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.UInt32BitsToSingle((uint)i << 16);
        }

        return tensor(bits).to(ScalarType.Float64);
    }
}
