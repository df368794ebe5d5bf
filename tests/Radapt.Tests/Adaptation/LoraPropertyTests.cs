using CsCheck;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

public class LoraPropertyTests
{
    private static readonly Gen<LoraOptions> s_settings =
        from rank in Gen.Int[1, 6]
        from alpha in Gen.Double[0.5, 64]
        from targets in Gen.Bool.Array[6]
        from block in Gen.Int[-1, 2]
        where targets.Any(t => t)
        select new LoraOptions
        {
            Rank = rank,
            Alpha = alpha,
            Dropout = 0,
            Targets = [.. LowRankOptions.AllTargets.Where((_, i) => targets[i])],
            Blocks = block < 0 ? [] : [block],
        };

    [Fact]
    public void Attach_AnySettings_StartsAsTheBaseModelAndMergedEqualsUnmerged() => s_settings.Sample(
        settings =>
        {
            using var scope = NewDisposeScope();
            using Classifier classifier = Build();
            Tensor images = randn(2, 1, 16, 16);
            Tensor plain = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
            var before = classifier.Encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter.clone());
            AdaptationMethod.Apply(classifier, settings, ComputePlan.Float32, 3);
            Tensor attached = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
            foreach ((string name, Tensor tensor) in classifier.Adapters!.Tensors()
                .Where(t => t.Name.EndsWith("lora_B", StringComparison.Ordinal)))
            {
                Initialisation.TruncatedNormal(tensor, name, 0.05, 1);
            }

            Tensor adapted = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
            classifier.Adapters.Merge();
            bool wasMerged = classifier.Adapters.Merged;
            Tensor merged = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
            classifier.Adapters.Unmerge();
            Tensor unmerged = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
            return allclose(plain, attached, 0, 1e-6)
                && !allclose(plain, adapted, 0, 1e-6)
                && wasMerged && !classifier.Adapters.Merged
                && allclose(adapted, merged, 1e-4, 1e-5)
                && adapted.Equals(unmerged)
                && classifier.Encoder.named_parameters().All(p => before[p.name].Equals(p.parameter));
        },
        iter: 40, threads: 1);

    [Fact]
    public void Backward_FrozenWeights_GetNoGradient()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Build();
        AdaptationMethod.Apply(classifier, new LoraOptions(), ComputePlan.Float32, 0);
        classifier.Forward(randn(2, 1, 16, 16), new ForwardPass(true, 1, 0)).sum().backward();
        Assert.All(classifier.Encoder.named_parameters(), p => Assert.Null(p.parameter.grad));
        Assert.All(classifier.Trained(), t => Assert.NotNull(t.Tensor.grad));
    }

    [Fact]
    public void Forward_SameStepTwice_SameDropoutAndDepth_OtherStepDiffers()
    {
        using var scope = NewDisposeScope();
        using Classifier classifier = Build(dropPath: 0.3);
        AdaptationMethod.Apply(classifier, new LoraOptions { Dropout = 0.3 }, ComputePlan.Float32, 0);
        foreach ((string name, Tensor tensor) in classifier.Adapters!.Tensors())
        {
            Initialisation.TruncatedNormal(tensor, name, 0.2, 1);
        }

        Tensor images = randn(8, 1, 16, 16);
        Tensor Tokens(long step) => classifier.Encoder.Forward(images, new ForwardPass(true, 7, step));
        Assert.True(Tokens(4).Equals(Tokens(4)));
        Assert.False(allclose(Tokens(4), Tokens(5)));
    }

    [Theory]
    [InlineData(0, "q", 0, "--rank")]
    [InlineData(4, "x", 0, "--lora-targets")]
    [InlineData(4, "q", 9, "--lora-blocks")]
    public void Apply_ImpossibleSettings_NameTheOption(int rank, string target, int block, string option)
    {
        using Classifier classifier = Build();
        var settings = new LoraOptions { Rank = rank, Targets = [target], Blocks = [block] };
        RadaptException e = Assert.Throws<RadaptException>(() => AdaptationMethod.Apply(classifier, settings, ComputePlan.Float32, 0));
        Assert.Contains(option, e.Message, StringComparison.Ordinal);
    }

    private static Classifier Build(double dropPath = 0)
    {
        var classifier = new Classifier(new BackboneShape(16, 4, 3, 32, 2), 2, Pooling.Mean, dropPath, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        Initialisation.TruncatedNormal(classifier.Head.head.weight, "head.weight", 0.2, 1);
        return classifier;
    }
}
