using Radapt.Compute;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Training;

/// <summary>Binary cross-entropy with logits over the known labels.</summary>
internal static class MaskedLoss
{
    /// <summary>Mean over all known labels of the batch, in float32; 0 where none is known.</summary>
    /// <inheritdoc cref="Sum" path="/param"/>
    public static Tensor Compute(Tensor logits, ReadOnlySpan<sbyte> labels, Tensor? posWeight)
    {
        (Tensor sum, int known) = Sum(logits, labels, posWeight);
        return sum.DividedBy(Math.Max(1, known));
    }

    /// <summary>Sum over all known labels of the batch, in float32, and their number.</summary>
    /// <param name="logits">(B, F)</param>
    /// <param name="labels">(B, F) row-major: 1, 0, or -1 for unknown</param>
    /// <param name="posWeight">(F) weight of positives, or null for 1</param>
    public static (Tensor Sum, int Known) Sum(Tensor logits, ReadOnlySpan<sbyte> labels, Tensor? posWeight)
    {
        var target = new float[labels.Length];
        var known = new float[labels.Length];
        int count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            target[i] = labels[i] == 1 ? 1 : 0;
            known[i] = labels[i] < 0 ? 0 : 1;
            count += labels[i] < 0 ? 0 : 1;
        }

        Tensor x = logits.to(ScalarType.Float32);
        Tensor y = tensor(target, x.shape, device: x.device);
        Tensor? weight = count == labels.Length ? null : tensor(known, x.shape, device: x.device);
        return (F.binary_cross_entropy_with_logits(x, y, weight, nn.Reduction.Sum, posWeight), count);
    }
}
