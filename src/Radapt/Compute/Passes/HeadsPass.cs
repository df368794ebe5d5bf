using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
    /// <returns>(P, B H, N, C/H)</returns>
    public static Tensor Split(Tensor rows, int parts, int heads, int threads)
    {
        (long b, long n, long width) = (rows.shape[0], rows.shape[1], rows.shape[2] / parts / heads);
        Tensor grouped = empty([parts, b * heads, n, width], rows.dtype);
        (nint source, nint target, long bytes) = (TensorAddress.Of(rows), TensorAddress.Of(grouped), width * rows.element_size());
        Pass.Share(b * n, threads, (_, first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                (long image, long token) = (row / n, row % n);
                byte* from = (byte*)source + (row * parts * heads * bytes);
                for (int p = 0; p < parts; p++)
                {
                    for (int h = 0; h < heads; h++, from += bytes)
                    {
                        Copy(from, (byte*)target + (((((((p * b) + image) * heads) + h) * n) + token) * bytes), bytes);
                    }
                }
            }
        });
        return grouped;
    }

    /// <summary>rows[b, n, p, h, :] := heads[b, h, n, :] for one p.</summary>
    /// <param name="grouped">(B H, N, C/H), contiguous</param>
    /// <param name="rows">(B, N, P x C), written</param>
    /// <param name="part">p</param>
    /// <param name="heads">H</param>
    /// <param name="threads">Threads that share the rows.</param>
    public static void Join(Tensor grouped, Tensor rows, int part, int heads, int threads)
    {
        (long b, long n, long width) = (rows.shape[0], rows.shape[1], grouped.shape[2]);
        long parts = rows.shape[2] / width / heads;
        (nint source, nint target, long bytes) = (TensorAddress.Of(grouped), TensorAddress.Of(rows), width * rows.element_size());
        Pass.Share(b * n, threads, (_, first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                (long image, long token) = (row / n, row % n);
                byte* to = (byte*)target + (((row * parts) + part) * heads * bytes);
                for (int h = 0; h < heads; h++, to += bytes)
                {
                    Copy((byte*)source + (((((image * heads) + h) * n) + token) * bytes), to, bytes);
                }
            }
        });
    }

    // A head's numbers of one token: 128 bytes for the usual 64 channels in bfloat16, too few for a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, long bytes)
    {
        long i = 0;
        for (; i <= bytes - Vector512<byte>.Count; i += Vector512<byte>.Count)
        {
            Vector512.Load(from + i).Store(to + i);
        }

        for (; i < bytes; i++)
        {
            to[i] = from[i];
        }
    }
}
