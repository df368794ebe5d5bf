using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute.Passes;

/// <summary>One update of Adam with decoupled weight decay (Loshchilov and Hutter 2019) in one pass over tensor, gradient and both moments.</summary>
internal static unsafe class AdamPass
{
    /// <summary>Numbers of an update.</summary>
    /// <param name="Keep">1 - rate x weight decay: factor of the tensor.</param>
    /// <param name="Beta1">Decay of the gradient's mean.</param>
    /// <param name="Beta2">Decay of the mean of its square.</param>
    /// <param name="Rate">Rate over 1 - Beta1^updates.</param>
    /// <param name="RootCorrection">Root of 1 - Beta2^updates.</param>
    /// <param name="Epsilon">Added to the root of the mean square.</param>
    public readonly record struct Factors(float Keep, float Beta1, float Beta2, float Rate, float RootCorrection, float Epsilon);

    /// <summary>Whether the pass can do it: all contiguous float32 on the CPU.</summary>
    public static bool Takes(Tensor tensor, Tensor gradient) => Refusal(tensor, gradient) is null;

    /// <summary>Why the pass cannot do it; null: it can.</summary>
    public static string? Refusal(Tensor tensor, Tensor gradient) => Pass.Refusal(tensor) ?? Pass.Refusal(gradient)
        ?? (tensor.dtype != ScalarType.Float32 || gradient.dtype != ScalarType.Float32 ? "not float32" : null);

    /// <summary>Updates a tensor and its moments in place; all are (…) of one shape.</summary>
    public static void Apply(Tensor tensor, Tensor gradient, Tensor mean, Tensor square, Factors f, int threads)
    {
        (nint p, nint g, nint m, nint v) = (TensorAddress.Of(tensor), TensorAddress.Of(gradient), TensorAddress.Of(mean), TensorAddress.Of(square));
        long count = tensor.numel();
        long vectors = count / Pass.Lanes;
        Pass.Share(vectors, vectors < 4096 ? 1 : threads, (_, first, end) =>
            Vectors((float*)p, (float*)g, (float*)m, (float*)v, first * Pass.Lanes, end * Pass.Lanes, f));
        for (long i = vectors * Pass.Lanes; i < count; i++)
        {
            float gradientNow = ((float*)g)[i];
            float meanNow = ((float*)m)[i] = (((float*)m)[i] * f.Beta1) + (gradientNow * (1 - f.Beta1));
            float squareNow = ((float*)v)[i] = (((float*)v)[i] * f.Beta2) + (gradientNow * gradientNow * (1 - f.Beta2));
            ((float*)p)[i] = (((float*)p)[i] * f.Keep) - (f.Rate * meanNow / ((MathF.Sqrt(squareNow) / f.RootCorrection) + f.Epsilon));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Vectors(float* p, float* g, float* m, float* v, long first, long end, Factors f)
    {
        (Vector512<float> beta1, Vector512<float> other1) = (Vector512.Create(f.Beta1), Vector512.Create(1 - f.Beta1));
        (Vector512<float> beta2, Vector512<float> other2) = (Vector512.Create(f.Beta2), Vector512.Create(1 - f.Beta2));
        (Vector512<float> keep, Vector512<float> rate) = (Vector512.Create(f.Keep), Vector512.Create(f.Rate));
        (Vector512<float> correction, Vector512<float> epsilon) = (Vector512.Create(f.RootCorrection), Vector512.Create(f.Epsilon));
        for (long i = first; i < end; i += Pass.Lanes)
        {
            Vector512<float> gradient = Vector512.Load(g + i);
            Vector512<float> mean = (Vector512.Load(m + i) * beta1) + (gradient * other1);
            Vector512<float> square = (Vector512.Load(v + i) * beta2) + (gradient * gradient * other2);
            mean.Store(m + i);
            square.Store(v + i);
            ((Vector512.Load(p + i) * keep) - (rate * mean / ((Vector512.Sqrt(square) / correction) + epsilon))).Store(p + i);
        }
    }
}
