using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Inference;

public sealed class PatchEvidenceTests
{
    private static readonly BackboneShape s_shape = new(16, 4, 2, 32, 2);

    [Fact]
    public void Compute_AnyClassifier_AddsUpToTheLogitButForAConstant()
    {
        using var scope = NewDisposeScope();
        using var classifier = new Classifier(s_shape, 2, Pooling.Mean, dropPath: 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        using (no_grad())
        {
            classifier.Head.head.weight.copy_(randn(2, 32, generator: new Generator(2)));
            classifier.Head.fc_norm!.weight.copy_(rand(32, generator: new Generator(3)));
            classifier.Head.fc_norm.bias.copy_(rand(32, generator: new Generator(4)));
        }

        using Tensor images = randn(5, 1, 16, 16, generator: new Generator(5));
        Tensor logits = classifier.Forward(images, ForwardPass.Evaluation).detach(); // (B, F)
        for (int finding = 0; finding < 2; finding++)
        {
            Tensor map = PatchEvidence.Compute(classifier, images, finding);
            Assert.Equal([5, 4, 4], map.shape);
            float[] rest = [.. (logits[.., finding] - map.sum([1, 2])).data<float>()];
            Assert.All(rest, r => Assert.Equal(rest[0], r, 1e-4f));
        }
    }

    [Fact]
    public void Compute_HeadThatReadsTheClassToken_IsRefused()
    {
        using var classifier = new Classifier(s_shape, 1, Pooling.ClassToken, dropPath: 0, ComputePlan.Float32);
        Assert.Throws<ArgumentException>(() => PatchEvidence.Compute(classifier, zeros(1, 1, 16, 16), 0));
    }
}
