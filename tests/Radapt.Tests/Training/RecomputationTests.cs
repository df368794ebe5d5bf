using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Options;
using Radapt.Tests.Adaptation;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

public class RecomputationTests
{
    [Theory]
    [InlineData("lora", "float32", "")]
    [InlineData("lora", "float32", "1,2")]
    [InlineData("lora", "bfloat16", "")]
    [InlineData("linear", "float32", "")]
    [InlineData("full", "float32", "")]
    public void ForwardBackward_AnyMethod_GivesThePlainPassesLossAndGradients(string method, string precision, string blocks)
    {
        var plan = ComputePlan.Float32 with { Precision = precision };
        using var scope = NewDisposeScope();
        Tensor images = randn(4, 1, 16, 16);
        var pass = new ForwardPass(true, 3, 9);
        sbyte[] labels = [1, 0, 0, 1, 1, -1, 0, 0];
        using Classifier plain = Build(method, plan, blocks);
        using Classifier recomputed = Build(method, plan, blocks);
        Tensor expected = MaskedLoss.Compute(plain.Forward(images, pass), labels, null);
        expected.backward();

        Tensor actual = Recomputation.ForwardBackward(recomputed, images, null, pass, logits => MaskedLoss.Compute(logits, labels, null));

        Assert.Equal(expected.item<float>(), actual.item<float>());
        foreach (((string name, Tensor a), (_, Tensor b)) in plain.Trained().Zip(recomputed.Trained()))
        {
            Assert.True(allclose(a.grad!, b.grad!, 1e-6, 1e-9), name);
        }
    }

    [Theory]
    [InlineData("rotary")]
    [InlineData("learned-rotary")]
    public void ForwardBackward_RotaryPositions_GivesThePlainPassesLossAndGradients(string name)
    {
        PatchPositions positions = (PatchPositions)EnumNames.Find(typeof(PatchPositions), name)!;
        var shape = new BackboneShape(16, 4, 4, 32, 2)
        {
            Positions = positions,
            SwiGlu = true,
            HiddenWidth = 24,
            LayerScale = positions == PatchPositions.Rotary,
            HiddenNorm = positions == PatchPositions.LearnedAndRotary,
        };
        using var scope = NewDisposeScope();
        Tensor images = randn(4, 1, 16, 16);
        var pass = new ForwardPass(true, 3, 9);
        sbyte[] labels = [1, 0, 0, 1, 1, -1, 0, 0];
        using Classifier plain = Build("lora", ComputePlan.Float32, "", shape);
        using Classifier recomputed = Build("lora", ComputePlan.Float32, "", shape);
        Tensor expected = MaskedLoss.Compute(plain.Forward(images, pass), labels, null);
        expected.backward();
        Tensor actual = Recomputation.ForwardBackward(recomputed, images, null, pass, logits => MaskedLoss.Compute(logits, labels, null));
        Assert.Equal(expected.item<float>(), actual.item<float>());
        Assert.All(plain.Trained().Zip(recomputed.Trained()),
            t => Assert.True(allclose(t.First.Tensor.grad!, t.Second.Tensor.grad!, 1e-6, 1e-9), t.First.Name));
    }

    private static Classifier Build(string method, ComputePlan plan, string blocks, BackboneShape? shape = null)
    {
        var classifier = new Classifier(shape ?? new BackboneShape(16, 4, 4, 32, 2), 2, Pooling.Mean, 0.2, plan);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        Initialisation.TruncatedNormal(classifier.Head.head.weight, "head.weight", 0.2, 1);
        int[] adapted = [.. blocks.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        AdaptationMethod.Apply(classifier, TestMethods.Create(method, new LoraOptions { Dropout = 0.2, Blocks = adapted }), plan, 1);
        foreach ((string name, Tensor tensor) in classifier.Trained().Where(t => t.Name.EndsWith("lora_B", StringComparison.Ordinal)))
        {
            Initialisation.TruncatedNormal(tensor, name, 0.1, 1);
        }

        FrozenWeights.Hold(classifier.Encoder, plan);
        return classifier;
    }
}
