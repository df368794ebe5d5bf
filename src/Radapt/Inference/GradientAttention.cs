using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// Gradient-weighted attention (Chefer, Gur and Wolf, Generic attention-model explainability, ICCV 2021, equations 5 and 6): the attention
/// that raises the logit of a finding, A' = mean over heads of max(0, gradient x A), collected over blocks by R = R + A' R from R = I.
/// </summary>
internal static class GradientAttention
{
    /// <summary>What the head reads of R - I for the logit of a finding.</summary>
    /// <param name="classifier">A classifier in float32 whose method adds no tokens, and whose adapters are merged or in
    /// evaluation.</param>
    /// <param name="images">(B, 1, S, S), normalised.</param>
    /// <param name="finding">Number of the finding.</param>
    /// <returns>(B, G, G), float32, at least 0</returns>
    /// <exception cref="RadaptException">There is no such heat map; see <see cref="ObservedAttention.Refusal"/>.</exception>
    public static Tensor Compute(Classifier classifier, Tensor images, int finding)
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        using var observed = new ObservedAttention(classifier, hasGradients: true);
        Tensor logits = classifier.Forward(images, ForwardPass.Evaluation)[.., finding]; // (B); images do not touch each other
        IList<Tensor> slopes = autograd.grad([logits.sum()], [.. observed.Blocks]);
        using var noGradient = no_grad();
        Tensor identity = eye(observed.Blocks[0].shape[2], device: images.device); // (N, N)
        Tensor relevance = identity.unsqueeze(0).expand(images.shape[0], -1, -1); // (B, N, N)
        foreach ((Tensor attention, Tensor slope) in observed.Blocks.Zip(slopes))
        {
            Tensor raising = (attention * slope).relu().mean([1]); // (B, N, N)
            relevance = relevance.Plus(raising.matmul(relevance));
        }

        return ObservedAttention.ToPatches(classifier, relevance.Plus(identity, -1)).detach().cpu().MoveToOuterDisposeScope();
    }
}
