using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>Tokens' numbers grouped by head, as batched products read them, and back.</summary>
internal static unsafe class HeadsPass
{
    /// <summary>rows[b, n, p, h, :] -> heads[p, b, h, n, :].</summary>
    /// <param name="rows">(B, N, P x C), contiguous</param>
    /// <param name="parts">P: 3 for queries, keys, values.</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads that share the rows.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    /// <returns>(P, B H, N, C/H)</returns>
    public static Tensor Split(Tensor rows, int parts, int heads, int threads, int? vectorBits = null)
    {
        (long b, long n, long width) = (rows.shape[0], rows.shape[1], rows.shape[2] / parts / heads);
        Tensor grouped = empty([parts, b * heads, n, width], rows.dtype);
        (nint source, nint target, long bytes) = (TensorAddress.Get(rows), TensorAddress.Get(grouped), width * rows.element_size());
        Pass.Share(b * n, threads, new Splitting((byte*)source, (byte*)target, b, n, parts, heads, bytes), vectorBits);
        return grouped;
    }

    /// <summary>rows[b, n, p, h, :] := heads[b, h, n, :] for one p.</summary>
    /// <param name="grouped">(B H, N, C/H), contiguous</param>
    /// <param name="rows">(B, N, P x C), written</param>
    /// <param name="part">p</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads that share the rows.</param>
    /// <param name="vectorBits">As for <see cref="Pass.Share"/>.</param>
    public static void Join(Tensor grouped, Tensor rows, int part, int heads, int threads, int? vectorBits = null)
    {
        (long b, long n, long width) = (rows.shape[0], rows.shape[1], grouped.shape[2]);
        long parts = rows.shape[2] / width / heads;
        (nint source, nint target, long bytes) = (TensorAddress.Get(grouped), TensorAddress.Get(rows), width * rows.element_size());
        Pass.Share(b * n, threads, new Joining((byte*)source, (byte*)target, n, parts, part, heads, bytes), vectorBits);
    }

    private readonly struct Splitting(byte* source, byte* target, long b, long n, int parts, int heads, long bytes) : IRowWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            for (long row = first; row < end; row++)
            {
                (long image, long token) = (row / n, row % n);
                byte* from = source + (row * parts * heads * bytes);
                for (int p = 0; p < parts; p++)
                {
                    for (int h = 0; h < heads; h++, from += bytes)
                    {
                        Copy<V>(from, target + (((((((p * b) + image) * heads) + h) * n) + token) * bytes), bytes);
                    }
                }
            }
        }
    }

    private readonly struct Joining(byte* source, byte* target, long n, long parts, int p, int heads, long bytes) : IRowWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            for (long row = first; row < end; row++)
            {
                (long image, long token) = (row / n, row % n);
                byte* to = target + (((row * parts) + p) * heads * bytes);
                for (int h = 0; h < heads; h++, to += bytes)
                {
                    Copy<V>(source + (((((image * heads) + h) * n) + token) * bytes), to, bytes);
                }
            }
        }
    }

    // A head's numbers of one token: 128 bytes for the usual 64 channels in bfloat16, too few for a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<V>(byte* from, byte* to, long bytes)
        where V : struct, ILanes<V>
    {
        const int Whole = Pass.Lanes * sizeof(float);
        long i = 0;
        for (; i <= bytes - Whole; i += Whole)
        {
            V.Store(V.Load((float*)(from + i)), (float*)(to + i));
        }

        for (; i < bytes; i++)
        {
            to[i] = from[i];
        }
    }
}
