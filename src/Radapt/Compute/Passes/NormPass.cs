using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// A residual sum and the layer normalisation of what it gives, in one pass; its gradient in another. The sum and the statistics are
/// float32, the branch that is added and the normalised result have the activations' type.
/// </summary>
internal static unsafe class NormPass
{
    /// <summary>What one row needs besides its numbers.</summary>
    /// <param name="Channels">C, a multiple of 16.</param>
    /// <param name="RowsPerSample">Tokens N: rows that share a factor of stochastic depth.</param>
    /// <param name="Epsilon">Added to the variance.</param>
    /// <param name="Threads">Threads that share the rows.</param>
    public readonly record struct Layout(int Channels, int RowsPerSample, double Epsilon, int Threads);

    /// <summary>
    /// sum = tokens + samples x channels x branch; normed = (sum - mean) / deviation x weight + bias.
    /// </summary>
    /// <param name="tokens">(M, C), float32</param>
    /// <param name="branch">(M, C), the type of <paramref name="normed"/>; null: nothing is added, and <paramref name="sum"/> is null.</param>
    /// <param name="samples">A factor for each sample of the branch; null: 1.</param>
    /// <param name="channels">(C), float32: a factor for each channel of the branch; null: 1.</param>
    /// <param name="weight">(C), float32</param>
    /// <param name="bias">(C), float32</param>
    /// <param name="sum">(M, C), float32, written</param>
    /// <param name="normed">(M, C), written</param>
    /// <param name="statistics">(M, 2), float32, written: mean and one over the deviation of each row</param>
    /// <param name="layout">Shapes.</param>
    public static void Apply(
        Tensor tokens, Tensor? branch, float[]? samples, Tensor? channels, Tensor weight, Tensor bias, Tensor? sum, Tensor normed, Tensor statistics, Layout layout)
    {
        if (normed.dtype == ScalarType.BFloat16)
        {
            Apply<BFloat16>(tokens, branch, samples, channels, weight, bias, sum, normed, statistics, layout);
        }
        else
        {
            Apply<Float32>(tokens, branch, samples, channels, weight, bias, sum, normed, statistics, layout);
        }
    }

    /// <summary>Gradients of <see cref="Apply(Tensor, Tensor?, float[], Tensor?, Tensor, Tensor, Tensor?, Tensor, Tensor, Layout)"/>.</summary>
    /// <param name="sum">(M, C), float32: what was normalised</param>
    /// <param name="statistics">(M, 2) from there</param>
    /// <param name="weight">(C), float32</param>
    /// <param name="samples">As there.</param>
    /// <param name="channels">As there.</param>
    /// <param name="aboveSum">(M, C), float32: the sum's gradient; null: none</param>
    /// <param name="aboveNormed">(M, C): that of the normalised result</param>
    /// <param name="ofTokens">(M, C), float32, written</param>
    /// <param name="ofBranch">(M, C), the type of <paramref name="aboveNormed"/>, written; null: none</param>
    /// <param name="ofWeightAndBias">(2, C), float32, written; null: none</param>
    /// <param name="layout">Shapes.</param>
    public static void Differentiate(
        Tensor sum, Tensor statistics, Tensor weight, float[]? samples, Tensor? channels, Tensor? aboveSum, Tensor aboveNormed,
        Tensor ofTokens, Tensor? ofBranch, Tensor? ofWeightAndBias, Layout layout)
    {
        if (aboveNormed.dtype == ScalarType.BFloat16)
        {
            Differentiate<BFloat16>(sum, statistics, weight, samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, ofWeightAndBias, layout);
        }
        else
        {
            Differentiate<Float32>(sum, statistics, weight, samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, ofWeightAndBias, layout);
        }
    }

    private static void Apply<T>(
        Tensor tokens, Tensor? branch, float[]? samples, Tensor? channels, Tensor weight, Tensor bias, Tensor? sum, Tensor normed, Tensor statistics, Layout layout)
        where T : struct, IElement
    {
        (int c, int n) = (layout.Channels, layout.RowsPerSample);
        (nint x, nint y, nint s) = (Single(tokens), Pass.Address(normed, normed.dtype), Single(statistics));
        (nint w, nint b, nint factors) = (Single(weight), Single(bias), Single(channels));
        (nint added, nint total) = (branch is null ? 0 : Pass.Address(branch, normed.dtype), Single(sum));
        float epsilon = (float)layout.Epsilon;
        Pass.Share(tokens.numel() / c, layout.Threads, (_, first, end) =>
        {
            for (long r = first; r < end; r++)
            {
                nint row = (nint)(r * c);
                float* values = (float*)x + row;
                if (added != 0)
                {
                    Add<T>(values, added + (row * T.Size), samples is null ? 1 : samples[r / n], (float*)factors, (float*)total + row, c);
                    values = (float*)total + row;
                }

                Normalise<T>(values, (float*)w, (float*)b, y + (row * T.Size), (float*)s + (2 * r), c, epsilon);
            }
        });
    }

    private static void Differentiate<T>(
        Tensor sum, Tensor statistics, Tensor weight, float[]? samples, Tensor? channels, Tensor? aboveSum, Tensor aboveNormed,
        Tensor ofTokens, Tensor? ofBranch, Tensor? ofWeightAndBias, Layout layout)
        where T : struct, IElement
    {
        (int c, int n) = (layout.Channels, layout.RowsPerSample);
        (nint x, nint s, nint w, nint factors) = (Single(sum), Single(statistics), Single(weight), Single(channels));
        (nint above, nint g, nint dx) = (Single(aboveSum), Pass.Address(aboveNormed, aboveNormed.dtype), Single(ofTokens));
        nint db = ofBranch is null ? 0 : Pass.Address(ofBranch, aboveNormed.dtype);
        int parts = ofWeightAndBias is null ? 0 : Pass.Parts(layout.Threads);
        float* partial = parts == 0 ? null : (float*)NativeMemory.AlignedAlloc((nuint)(parts * 2 * c * sizeof(float)), 64);
        new Span<float>(partial, parts * 2 * c).Clear();
        Pass.Share(sum.numel() / c, layout.Threads, (part, first, end) =>
        {
            float* own = partial is null ? null : partial + (part * 2 * c);
            for (long r = first; r < end; r++)
            {
                nint row = (nint)(r * c);
                (float mean, float inverse) = (((float*)s)[2 * r], ((float*)s)[(2 * r) + 1]);
                nint gradient = g + (row * T.Size);
                if (own is not null)
                {
                    AddToWeightAndBias<T>((float*)x + row, gradient, mean, inverse, own, c);
                }

                GradientRow<T>((float*)x + row, (float*)w, above == 0 ? null : (float*)above + row, gradient, mean, inverse, (float*)dx + row, c);
                if (db != 0)
                {
                    Spread<T>((float*)dx + row, samples is null ? 1 : samples[r / n], (float*)factors, db + (row * T.Size), c);
                }
            }
        });
        if (partial is not null)
        {
            var total = new Span<float>((float*)Single(ofWeightAndBias), 2 * c);
            for (int i = 0; i < total.Length; i++)
            {
                total[i] = 0;
                for (int part = 0; part < parts; part++)
                {
                    total[i] += partial[(part * total.Length) + i];
                }
            }

            NativeMemory.AlignedFree(partial);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(float* tokens, nint branch, float sample, float* channels, float* sum, int c)
        where T : struct, IElement
    {
        Vector512<float> factor = Vector512.Create(sample);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> scale = channels is null ? factor : factor * Vector512.Load(channels + i);
            Vector512.FusedMultiplyAdd(scale, T.Load(branch, i), Vector512.Load(tokens + i)).Store(sum + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise<T>(float* values, float* weight, float* bias, nint normed, float* statistics, int c, float epsilon)
        where T : struct, IElement
    {
        Vector512<float> sums = Vector512<float>.Zero;
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            sums += Vector512.Load(values + i);
        }

        float mean = Vector512.Sum(sums) / c;
        Vector512<float> centre = Vector512.Create(mean);
        Vector512<float> squares = Vector512<float>.Zero;
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> d = Vector512.Load(values + i) - centre;
            squares = Vector512.FusedMultiplyAdd(d, d, squares);
        }

        float inverse = (float)(1 / Math.Sqrt((Vector512.Sum(squares) / c) + epsilon));
        Vector512<float> scale = Vector512.Create(inverse);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> standard = (Vector512.Load(values + i) - centre) * scale;
            T.Store(Vector512.FusedMultiplyAdd(standard, Vector512.Load(weight + i), Vector512.Load(bias + i)), normed, i);
        }

        (statistics[0], statistics[1]) = (mean, inverse);
    }

    // d x = above + inverse (w g - mean(w g) - standard mean(w g standard)), with standard = (x - mean) inverse
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GradientRow<T>(float* x, float* weight, float* above, nint gradient, float mean, float inverse, float* target, int c)
        where T : struct, IElement
    {
        (Vector512<float> centre, Vector512<float> scale) = (Vector512.Create(mean), Vector512.Create(inverse));
        Vector512<float> first = Vector512<float>.Zero;
        Vector512<float> second = Vector512<float>.Zero;
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> wg = Vector512.Load(weight + i) * T.Load(gradient, i);
            first += wg;
            second = Vector512.FusedMultiplyAdd(wg, (Vector512.Load(x + i) - centre) * scale, second);
        }

        Vector512<float> meanGradient = Vector512.Create(Vector512.Sum(first) / c);
        Vector512<float> meanProduct = Vector512.Create(Vector512.Sum(second) / c);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> wg = Vector512.Load(weight + i) * T.Load(gradient, i);
            Vector512<float> standard = (Vector512.Load(x + i) - centre) * scale;
            Vector512<float> own = (wg - meanGradient - (standard * meanProduct)) * scale;
            (above is null ? own : own + Vector512.Load(above + i)).Store(target + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToWeightAndBias<T>(float* x, nint gradient, float mean, float inverse, float* sums, int c)
        where T : struct, IElement
    {
        (Vector512<float> centre, Vector512<float> scale) = (Vector512.Create(mean), Vector512.Create(inverse));
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> g = T.Load(gradient, i);
            Vector512.FusedMultiplyAdd(g, (Vector512.Load(x + i) - centre) * scale, Vector512.Load(sums + i)).Store(sums + i);
            (Vector512.Load(sums + c + i) + g).Store(sums + c + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread<T>(float* gradient, float sample, float* channels, nint target, int c)
        where T : struct, IElement
    {
        Vector512<float> factor = Vector512.Create(sample);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            Vector512<float> scale = channels is null ? factor : factor * Vector512.Load(channels + i);
            T.Store(Vector512.Load(gradient + i) * scale, target, i);
        }
    }

    private static nint Single(Tensor? tensor) => tensor is null ? 0 : Pass.Address(tensor, ScalarType.Float32);
}
