using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>A linear map from features to logits, standardisation and link folded in.</summary>
/// <param name="weight">(F, C), float64.</param>
/// <param name="bias">(F), float64.</param>
internal sealed class LinearFit(Tensor weight, Tensor bias) : ProbeFit
{
    /// <summary>(F) how scores became logits.</summary>
    public required IReadOnlyList<ScoreLink> Links { get; init; }

    /// <inheritdoc/>
    public override float[] Logits(Tensor features)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return [.. features.to(ScalarType.Float64).matmul(weight.t()).Plus(bias).data<double>().Select(l => (float)l)];
    }

    /// <inheritdoc/>
    public override MethodOptions SetHead(Classifier classifier, MethodOptions method)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ClassificationHead head = classifier.Head;
        head.PlainNormInPlace();
        head.head.weight.CopyInPlace(weight.to(ScalarType.Float32));
        head.head.bias.CopyInPlace(bias.to(ScalarType.Float32));
        return method;
    }
}
