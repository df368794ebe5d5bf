using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>
/// One update of Adam with decoupled weight decay (Loshchilov and Hutter 2019) in one pass over tensor, gradient and both moments.
/// </summary>
internal static unsafe class AdamPass
{
    private const int FewVectors = 4096; // one thread is done before others have begun

    /// <summary>Numbers of an update.</summary>
    /// <param name="Keep">1 - rate x weight decay: factor of the tensor.</param>
    /// <param name="Beta1">Decay of the gradient's mean.</param>
    /// <param name="Beta2">Decay of the mean of its square.</param>
    /// <param name="Rate">Rate over 1 - Beta1^updates.</param>
    /// <param name="RootCorrection">Root of 1 - Beta2^updates.</param>
    /// <param name="Epsilon">Added to the root of the mean square.</param>
    public readonly record struct Factors(float Keep, float Beta1, float Beta2, float Rate, float RootCorrection, float Epsilon);

    /// <summary>Why the pass cannot do it; null: it can, since all is contiguous float32 on the CPU.</summary>
    public static string? Refusal(Tensor tensor, Tensor gradient) => Pass.Refusal(tensor) ?? Pass.Refusal(gradient)
        ?? (tensor.dtype != ScalarType.Float32 || gradient.dtype != ScalarType.Float32 ? "not float32" : null);

    /// <summary>Updates a tensor and its moments in place; all are (…) of one shape.</summary>
    public static void Apply(Tensor tensor, Tensor gradient, Tensor mean, Tensor square, Factors f, int threads, int? vectorBits = null)
    {
        var update = new Update(
            (float*)TensorAddress.Get(tensor), (float*)TensorAddress.Get(gradient), (float*)TensorAddress.Get(mean),
            (float*)TensorAddress.Get(square), tensor.numel(), f);
        long vectors = (tensor.numel() + Pass.Lanes - 1) / Pass.Lanes;
        Pass.Share(vectors, vectors < FewVectors ? 1 : threads, update, vectorBits);
    }

    // Rows are sixteen numbers each; the last may have fewer.
    private readonly struct Update(float* tensor, float* gradient, float* mean, float* square, long count, Factors f) : IRowWork
    {
        public void Run<V>(int part, long first, long end)
            where V : struct, ILanes<V>
        {
            long whole = Math.Min(end * Pass.Lanes, count - (count % Pass.Lanes));
            Vectors<V>(tensor, gradient, mean, square, first * Pass.Lanes, whole, f);
            if (end * Pass.Lanes > count)
            {
                Last<V>(whole, (int)(count - whole));
            }
        }

        private void Last<V>(long start, int some)
            where V : struct, ILanes<V>
        {
            float* p = stackalloc float[4 * Pass.Lanes];
            new Span<float>(p, 4 * Pass.Lanes).Clear();
            float* g = p + Pass.Lanes;
            float* m = g + Pass.Lanes;
            float* v = m + Pass.Lanes;
            Copy(tensor + start, p, some);
            Copy(gradient + start, g, some);
            Copy(mean + start, m, some);
            Copy(square + start, v, some);
            Vectors<V>(p, g, m, v, 0, Pass.Lanes, f);
            Copy(p, tensor + start, some);
            Copy(m, mean + start, some);
            Copy(v, square + start, some);
        }
    }

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vectors<V>(float* p, float* g, float* m, float* v, long first, long end, Factors f)
        where V : struct, ILanes<V>
    {
        (V beta1, V other1) = (V.Create(f.Beta1), V.Create(1 - f.Beta1));
        (V beta2, V other2) = (V.Create(f.Beta2), V.Create(1 - f.Beta2));
        (V keep, V rate, V correction, V epsilon) = (V.Create(f.Keep), V.Create(f.Rate), V.Create(f.RootCorrection), V.Create(f.Epsilon));
        for (long i = first; i < end; i += Pass.Lanes)
        {
            V gradient = V.Load(g + i);
            V mean = (V.Load(m + i) * beta1) + (gradient * other1);
            V square = (V.Load(v + i) * beta2) + (gradient * gradient * other2);
            V.Store(mean, m + i);
            V.Store(square, v + i);
            V.Store((V.Load(p + i) * keep) - (rate * mean / ((V.Sqrt(square) / correction) + epsilon)), p + i);
        }
    }
}
