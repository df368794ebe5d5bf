using System.IO.Hashing;
using System.Text;
using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>Initial values, each tensor from a stream of its own that depends on the seed and its name.</summary>
internal static class Initialisation
{
    private const int MostAtATime = 1 << 14; // arrays of whole weights would stay on the managed heap beside a step's tensors

    /// <summary>
    /// Random weights for training from scratch: Xavier-uniform matrices and convolution (as MAE), zero biases, normal (sd 0.02)
    /// class token, registers and positions, norms at 1 and 0, LayerScale at 1e-5 (DINOv2's).
    /// </summary>
    public static void FromScratch(VisionTransformer transformer, long seed)
    {
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in transformer.named_parameters())
        {
            if (name is "cls_token" or "register_tokens" or "pos_embed")
            {
                TruncatedNormal(parameter, name, 0.02, seed);
            }
            else if (parameter.dim() >= 2)
            {
                long fanIn = parameter.numel() / parameter.shape[0];
                Uniform(parameter, name, Math.Sqrt(6.0 / (fanIn + parameter.shape[0])), seed);
            }
            else
            {
                bool isNorm = name.Contains("norm", StringComparison.Ordinal) || name.Contains("ffn_ln.", StringComparison.Ordinal);
                Fill(parameter, name.EndsWith("gamma", StringComparison.Ordinal) ? 1e-5f
                    : isNorm && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            }
        }
    }

    /// <summary>Uniform in ±<paramref name="bound"/>.</summary>
    public static void Uniform(Tensor target, string name, double bound, long seed)
    {
        KeyedRandom random = Stream(name, seed);
        Assign(target, () => (float)random.NextDouble(-bound, bound));
    }

    /// <summary>Normal with the standard deviation, drawn again beyond two of them (a cut that no tensor here depends on).</summary>
    public static void TruncatedNormal(Tensor target, string name, double standardDeviation, long seed)
    {
        KeyedRandom random = Stream(name, seed);
        Assign(target, () =>
        {
            double draw;
            do
            {
                draw = random.NextGaussian();
            }
            while (Math.Abs(draw) > 2);
            return (float)(draw * standardDeviation);
        });
    }

    /// <summary>One value everywhere.</summary>
    public static void Fill(Tensor target, float value)
    {
        using var _ = no_grad();
        target.FillInPlace(value);
    }

    private static KeyedRandom Stream(string name, long seed) =>
        new(seed, RandomPurpose.Initialisation, unchecked((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(name))));

    private static void Assign(Tensor target, Func<float> draw)
    {
        if (target.device_type == TorchSharp.DeviceType.META)
        {
            return; // a shape without numbers
        }

        using var noGradient = no_grad();
        var values = new float[Math.Min(MostAtATime, target.numel())];
        for (long first = 0; first < target.numel(); first += values.Length)
        {
            using var _ = NewDisposeScope();
            int count = (int)Math.Min(values.Length, target.numel() - first);
            for (int i = 0; i < count; i++)
            {
                values[i] = draw();
            }

            target.view(-1).narrow(0, first, count).CopyInPlace(tensor(count == values.Length ? values : values[..count]));
        }
    }
}
