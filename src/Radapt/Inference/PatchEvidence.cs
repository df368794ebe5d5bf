using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>
/// How much each patch of an image adds to the logit of a finding. A head that reads the mean of the patch tokens is linear once the
/// statistics of its normalisation are known, so the logit is a constant plus a sum over patches, exactly; the class activation maps of
/// Zhou et al. (2016), for a transformer. A patch's token also holds what attention brought from elsewhere: the map shows where the
/// model keeps its evidence, which is not always where the finding is.
/// </summary>
internal static class PatchEvidence
{
    /// <summary>The contributions of the patches of some images.</summary>
    /// <param name="classifier">A classifier that reads the mean of the patch tokens.</param>
    /// <param name="images">(B, 1, S, S), normalised.</param>
    /// <param name="finding">Number of the finding.</param>
    /// <returns>(B, G, G) in logits, float32; their sum over an image differs from its logit by a constant of the head</returns>
    /// <exception cref="ArgumentException">The head reads the class token, or it is not linear.</exception>
    public static Tensor Compute(Classifier classifier, Tensor images, int finding)
    {
        if (classifier.Head.fc_norm is not { } norm || classifier.Head.Vote is not null)
        {
            throw new ArgumentException("The head is not linear in the mean of the patches.", nameof(classifier));
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        BackboneShape shape = classifier.Encoder.Shape;
        Tensor tokens = classifier.Encoder.Forward(images, ForwardPass.Evaluation)[.., (1 + shape.Registers).., ..].to(ScalarType.Float32);
        Tensor pooled = tokens.mean([1]); // (B, C)
        Tensor deviation = pooled.var([1], unbiased: false, keepdim: true).Plus(shape.Epsilon).sqrt(); // (B, 1)
        Tensor direction = (classifier.Head.head.weight[finding] * norm.weight).to(ScalarType.Float32); // (C)
        direction = direction.Plus(direction.mean(), -1); // the mean over channels is subtracted before it is multiplied
        Tensor contributions = (tokens.matmul(direction) / deviation).DividedBy(tokens.shape[1]); // (B, L)
        return contributions.view(-1, shape.Grid, shape.Grid).cpu().MoveToOuterDisposeScope();
    }
}
