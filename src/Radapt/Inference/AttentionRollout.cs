using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// Attention rollout (Abnar and Zuidema, Quantifying attention flow in transformers, ACL 2020): how much of each patch may arrive at what
/// the head reads, if a block mixes tokens by the mean of its attention heads and keeps half of each token. It is the same for every
/// finding: it shows where the model looks, not what speaks for a finding.
/// </summary>
internal static class AttentionRollout
{
    /// <summary>The product of (A + I) / 2 over all blocks, read at the head.</summary>
    /// <param name="classifier">Any classifier whose method adds no tokens.</param>
    /// <param name="images">(B, 1, S, S), normalised.</param>
    /// <returns>(B, G, G), float32, at least 0</returns>
    /// <exception cref="RadaptException">There is no such heat map; see <see cref="ObservedAttention.Refusal"/>.</exception>
    public static Tensor Compute(Classifier classifier, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var observed = new ObservedAttention(classifier, hasGradients: false);
        classifier.Forward(images, ForwardPass.Evaluation);
        Tensor? rollout = null;
        foreach (Tensor attention in observed.Blocks)
        {
            Tensor mean = attention.to(ScalarType.Float32).mean([1]); // (B, N, N)
            Tensor mixed = mean.Plus(eye(mean.shape[1], device: mean.device)).DividedBy(2);
            rollout = rollout is null ? mixed : mixed.matmul(rollout);
        }

        return ObservedAttention.ToPatches(classifier, rollout!).cpu().MoveToOuterDisposeScope();
    }
}
