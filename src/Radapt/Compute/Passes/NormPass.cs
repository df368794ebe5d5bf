using System.Runtime.CompilerServices;
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
    public readonly record struct Layout(int Channels, int RowsPerSample, double Epsilon, int Threads)
    {
        /// <summary>As for <see cref="Pass.Share"/>.</summary>
        public int? VectorBits { get; init; }
    }

    /// <summary>
    /// sum = tokens + samples x channels x branch; normed = (sum - mean) / deviation x weight + bias.
    /// </summary>
    /// <param name="tokens">(M, C), float32</param>
    /// <param name="branch">(M, C), the type of <paramref name="normed"/>; null: nothing is added, and <paramref name="sum"/> is
    /// null.</param>
    /// <param name="samples">A factor for each sample of the branch; null: 1.</param>
    /// <param name="channels">(C), float32: a factor for each channel of the branch; null: 1.</param>
    /// <param name="weight">(C), float32</param>
    /// <param name="bias">(C), float32</param>
    /// <param name="sum">(M, C), float32, written</param>
    /// <param name="normed">(M, C), written</param>
    /// <param name="statistics">(M, 2), float32, written: mean and one over the deviation of each row</param>
    /// <param name="layout">Shapes.</param>
    public static void Apply(
        Tensor tokens, Tensor? branch, float[]? samples, Tensor? channels, Tensor weight, Tensor bias, Tensor? sum, Tensor normed,
            Tensor statistics, Layout layout)
    {
        long rows = tokens.numel() / layout.Channels;
        if (normed.dtype == ScalarType.BFloat16)
        {
            var work = new Forward<BFloat16>(tokens, branch, samples, channels, weight, bias, sum, normed, statistics, layout);
            Pass.Share(rows, layout.Threads, work, layout.VectorBits);
        }
        else
        {
            var work = new Forward<Float32>(tokens, branch, samples, channels, weight, bias, sum, normed, statistics, layout);
            Pass.Share(rows, layout.Threads, work, layout.VectorBits);
        }
    }

    /// <summary>
    /// Gradients of <see cref="Apply(Tensor, Tensor?, float[], Tensor?, Tensor, Tensor, Tensor?, Tensor, Tensor, Layout)"/>.
    /// </summary>
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
        (long rows, int threads) = (sum.numel() / layout.Channels, layout.Threads);
        int parts = ofWeightAndBias is null ? 0 : Pass.Parts(threads);
        var partial = new PartialSums(parts, 2 * layout.Channels);
        if (aboveNormed.dtype == ScalarType.BFloat16)
        {
            var work = new Backward<BFloat16>(
                sum, statistics, weight, samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, partial, layout);
            Pass.Share(rows, threads, work, layout.VectorBits);
        }
        else
        {
            var work = new Backward<Float32>(
                sum, statistics, weight, samples, channels, aboveSum, aboveNormed, ofTokens, ofBranch, partial, layout);
            Pass.Share(rows, threads, work, layout.VectorBits);
        }

        if (ofWeightAndBias is not null)
        {
            partial.Total(new Span<float>(Single(ofWeightAndBias), 2 * layout.Channels), 0);
        }

        partial.Free();
    }

    private readonly struct Forward<T>(
        Tensor tokens, Tensor? branch, float[]? samples, Tensor? channels, Tensor weight, Tensor bias,
        Tensor? sum, Tensor normed, Tensor statistics, Layout layout) : IRowWork
        where T : struct, IElement
    {
        private readonly float* _tokens = Single(tokens);
        private readonly nint _branch = branch is null ? 0 : Pass.Address(branch, normed.dtype);
        private readonly float* _channels = Single(channels);
        private readonly float* _weight = Single(weight);
        private readonly float* _bias = Single(bias);
        private readonly float* _sum = Single(sum);
        private readonly nint _normed = TensorAddress.Get(normed);
        private readonly float* _statistics = Single(statistics);

        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            int c = layout.Channels;
            for (long r = first; r < end; r++)
            {
                nint row = (nint)(r * c);
                float* values = _tokens + row;
                if (_branch != 0)
                {
                    float sample = samples is null ? 1 : samples[r / layout.RowsPerSample];
                    Add<T, V>(values, _branch + (row * T.Size), sample, _channels, _sum + row, c);
                    values = _sum + row;
                }

                Normalise<T, V>(values, _weight, _bias, _normed + (row * T.Size), _statistics + (2 * r), c, (float)layout.Epsilon);
            }
        }
    }

    private readonly struct Backward<T>(
        Tensor sum, Tensor statistics, Tensor weight, float[]? samples, Tensor? channels, Tensor? aboveSum, Tensor aboveNormed,
        Tensor ofTokens, Tensor? ofBranch, PartialSums ofWeightAndBias, Layout layout) : IRowWork
        where T : struct, IElement
    {
        private readonly float* _sum = Single(sum);
        private readonly float* _statistics = Single(statistics);
        private readonly float* _weight = Single(weight);
        private readonly float* _channels = Single(channels);
        private readonly float* _aboveSum = Single(aboveSum);
        private readonly nint _aboveNormed = TensorAddress.Get(aboveNormed);
        private readonly float* _ofTokens = Single(ofTokens);
        private readonly nint _ofBranch = ofBranch is null ? 0 : Pass.Address(ofBranch, aboveNormed.dtype);

        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            int c = layout.Channels;
            float* own = ofWeightAndBias.For(part);
            for (long r = first; r < end; r++)
            {
                nint row = (nint)(r * c);
                (float mean, float inverse) = (_statistics[2 * r], _statistics[(2 * r) + 1]);
                nint gradient = _aboveNormed + (row * T.Size);
                if (own is not null)
                {
                    AddToWeightAndBias<T, V>(_sum + row, gradient, mean, inverse, own, c);
                }

                float* above = _aboveSum is null ? null : _aboveSum + row;
                GradientRow<T, V>(_sum + row, _weight, above, gradient, mean, inverse, _ofTokens + row, c);
                if (_ofBranch != 0)
                {
                    float sample = samples is null ? 1 : samples[r / layout.RowsPerSample];
                    Spread<T, V>(_ofTokens + row, sample, _channels, _ofBranch + (row * T.Size), c);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T, V>(float* tokens, nint branch, float sample, float* channels, float* sum, int c)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        V factor = V.Create(sample);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V scale = channels is null ? factor : factor * V.Load(channels + i);
            V.Store(V.MultiplyAdd(scale, T.Load<V>(branch, i), V.Load(tokens + i)), sum + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalise<T, V>(float* values, float* weight, float* bias, nint normed, float* statistics, int c, float epsilon)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        V sums = V.Create(0);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            sums += V.Load(values + i);
        }

        float mean = Lanes<V>.Sum(sums) / c;
        V centre = V.Create(mean);
        V squares = V.Create(0);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V d = V.Load(values + i) - centre;
            squares = V.MultiplyAdd(d, d, squares);
        }

        float inverse = (float)(1 / Math.Sqrt((Lanes<V>.Sum(squares) / c) + epsilon));
        V scale = V.Create(inverse);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V standard = (V.Load(values + i) - centre) * scale;
            T.Store(V.MultiplyAdd(standard, V.Load(weight + i), V.Load(bias + i)), normed, i);
        }

        (statistics[0], statistics[1]) = (mean, inverse);
    }

    // d x = above + inverse (w g - mean(w g) - standard mean(w g standard)), with standard = (x - mean) inverse
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GradientRow<T, V>(
        float* x, float* weight, float* above, nint gradient, float mean, float inverse, float* target, int c)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        (V centre, V scale) = (V.Create(mean), V.Create(inverse));
        V first = V.Create(0);
        V second = V.Create(0);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V wg = V.Load(weight + i) * T.Load<V>(gradient, i);
            first += wg;
            second = V.MultiplyAdd(wg, (V.Load(x + i) - centre) * scale, second);
        }

        V meanGradient = V.Create(Lanes<V>.Sum(first) / c);
        V meanProduct = V.Create(Lanes<V>.Sum(second) / c);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V wg = V.Load(weight + i) * T.Load<V>(gradient, i);
            V standard = (V.Load(x + i) - centre) * scale;
            V own = (wg - meanGradient - (standard * meanProduct)) * scale;
            V.Store(above is null ? own : own + V.Load(above + i), target + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddToWeightAndBias<T, V>(float* x, nint gradient, float mean, float inverse, float* sums, int c)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        (V centre, V scale) = (V.Create(mean), V.Create(inverse));
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V g = T.Load<V>(gradient, i);
            V.Store(V.MultiplyAdd(g, (V.Load(x + i) - centre) * scale, V.Load(sums + i)), sums + i);
            V.Store(V.Load(sums + c + i) + g, sums + c + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread<T, V>(float* gradient, float sample, float* channels, nint target, int c)
        where T : struct, IElement
        where V : struct, ILanes<V>
    {
        V factor = V.Create(sample);
        for (int i = 0; i < c; i += Pass.Lanes)
        {
            V scale = channels is null ? factor : factor * V.Load(channels + i);
            T.Store(V.Load(gradient + i) * scale, target, i);
        }
    }

    private static float* Single(Tensor? tensor) => tensor is null ? null : (float*)Pass.Address(tensor, ScalarType.Float32);
}
