using System.Runtime.Intrinsics;

namespace Radapt.Compute.Passes;

/// <summary>
/// Self-attention of float32 numbers, one head of one image after the other, so that scores and probabilities never leave the cache.
/// Queries, keys and values are read where the projection left them.
/// </summary>
internal static unsafe class AttentionPass
{
    /// <summary>The passes take heads whose width is a multiple of this: two of the widest registers.</summary>
    public const int WidthUnit = 32;

    /// <summary>output = softmax(scale Q K^T) V for every head.</summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <param name="output">(B, N, C), written</param>
    /// <param name="layout">Sizes.</param>
    /// <param name="vectorBits">As for <see cref="ProductPass.Multiply"/>.</param>
    public static void Apply(nint qkv, nint output, Layout layout, int? vectorBits = null) =>
        Run((float*)qkv, null, (float*)output, layout, vectorBits);

    /// <summary>The gradient of <see cref="Apply"/>. Probabilities are computed again.</summary>
    /// <param name="qkv">(B, N, 3 C), as there</param>
    /// <param name="above">(B, N, C): the output's gradient</param>
    /// <param name="gradient">(B, N, 3 C), written: that of <paramref name="qkv"/></param>
    /// <param name="layout">Sizes.</param>
    /// <param name="vectorBits">As there.</param>
    public static void Differentiate(nint qkv, nint above, nint gradient, Layout layout, int? vectorBits = null) =>
        Run((float*)qkv, (float*)above, (float*)gradient, layout, vectorBits);

    private static void Run(float* qkv, float* above, float* result, Layout layout, int? vectorBits)
    {
        switch (vectorBits ?? Pass.VectorBits)
        {
            case 512:
                Share<ProductTile12<Register512, Vector512<float>>, Lanes512>();
                break;
            case 256:
                Share<ProductTile6<Register256, Vector256<float>>, Lanes256>();
                break;
            default:
                Share<ProductTile12<Register128, Vector128<float>>, Lanes128>();
                break;
        }

        void Share<TTile, V>()
            where TTile : struct, IProductTile
            where V : struct, ILanes<V>
        {
            WorkUnits.Share((long)layout.Images * layout.Heads, layout.Threads, units =>
            {
                using var attention = new HeadAttention<TTile, V>(layout);
                while (units.TryTake(out long head))
                {
                    (long image, long number) = Math.DivRem(head, layout.Heads);
                    long row = image * layout.Tokens * layout.Channels;
                    long own = number * layout.Width;
                    float* from = qkv + (3 * row) + own;
                    if (above is null)
                    {
                        attention.Apply(from, result + row + own);
                    }
                    else
                    {
                        attention.Differentiate(from, above + row + own, result + (3 * row) + own);
                    }
                }
            });
        }
    }

    /// <summary>Sizes.</summary>
    /// <param name="Images">B</param>
    /// <param name="Tokens">N</param>
    /// <param name="Heads">H</param>
    /// <param name="Width">C/H, a multiple of <see cref="WidthUnit"/>.</param>
    /// <param name="Threads">Threads that share the heads.</param>
    public sealed record Layout(int Images, int Tokens, int Heads, int Width, int Threads)
    {
        /// <summary>C</summary>
        public int Channels => Heads * Width;

        /// <summary>Factor of the scores: one over the root of the width.</summary>
        public float Scale => (float)(1 / Math.Sqrt(Width));
    }
}
