using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

public class BFloat16Tests
{
    private static readonly ComputePlan s_bfloat16 = ComputePlan.Float32 with { Precision = "bfloat16" };

    [Theory]
    [InlineData("lora")]
    [InlineData("full")]
    [InlineData("linear")]
    public void Step_AnyMethod_KeepsFloat32MastersAndComesCloseToFloat32(string method)
    {
        using var scope = NewDisposeScope();
        Tensor images = randn(8, 1, 32, 32);
        sbyte[] labels = [1, 0, 1, 1, 0, 0, 1, -1, 0, 1, 1, 0, 0, 0, 1, 1];
        using Classifier exact = Build(method, ComputePlan.Float32);
        using Classifier rounded = Build(method, s_bfloat16);
        foreach (Classifier classifier in new[] { exact, rounded })
        {
            MaskedLoss.Compute(classifier.Forward(images, new ForwardPass(true, 1, 0)), labels, null).backward();
        }

        Assert.All(rounded.Trained(), t => Assert.Equal(ScalarType.Float32, t.Tensor.dtype));
        Assert.All(
            rounded.Encoder.Projections(),
            p => Assert.Equal(method == "full" ? ScalarType.Float32 : ScalarType.BFloat16, p.weight.dtype));
        foreach (((string name, Tensor a), (_, Tensor b)) in exact.Trained().Zip(rounded.Trained()))
        {
            Assert.Equal(ScalarType.Float32, b.grad!.dtype);
            double error = ((a.grad! - b.grad!).norm() / a.grad!.norm()).item<float>();
            Assert.True(error < 0.06, $"{name}: relative error {error:f3} of the gradient");
        }
    }

    /// <summary>A minute long, so only when asked for: <c>-explicit only -method "*RealImages*" -showliveoutput</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData("lora")]
    [InlineData("full")]
    public void Gradients_BaseSizeOnRealImages_AreWithinTwoPercentAndSixAtWorst(string method)
    {
        const int Count = 16;
        string folder = Repository.RealData("covid-cxr/images");
        using var scope = NewDisposeScope();
        BackboneShape shape = BackboneShape.FromName("vit_base_patch16_224")!;
        List<LabelledImage> items = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Take(Count)
            .Select(p => new LabelledImage(Path.GetFileName(p), p, null, [1]))];
        using ImageBatch batch = new ImageBatches(new LabelledImages(["COVID-19"], items),
            new Preprocessing(shape.ImageSize, shape.ImageSize, .4785, .2834), Count, 1, 0)
            .Evaluation(UnreadableImages.Throw, cancellation: TestContext.Current.CancellationToken).First();
        sbyte[] labels = [.. Enumerable.Range(0, Count * 2).Select(i => (sbyte)(i % 3 == 0 ? 1 : 0))];
        var gradients = new List<Dictionary<string, Tensor>>();
        foreach (ComputePlan plan in new[] { ComputePlan.Float32, s_bfloat16 })
        {
            using Classifier classifier = Build(method, plan, shape: shape);
            Tensor loss =
                MaskedLoss.Compute(classifier.Forward(classifier.ToTensor(batch), batch.FirstBlock,
                    new ForwardPass(true, 1, 0)), labels, null);
            loss.backward();
            TestContext.Current.TestOutputHelper!.WriteLine($"{method} {plan.Precision}: loss {loss.item<float>():f6}");
            gradients.Add(classifier.Trained().ToDictionary(t => t.Name, t => t.Tensor.grad!.clone()));
        }

        var errors = gradients[0].Select(g => (g.Key, Error: ((g.Value - gradients[1][g.Key]).norm() / g.Value.norm()).item<float>()))
            .OrderBy(e => e.Error).ToList();
        (string worst, float largest) = errors[^1];
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{method}: {errors.Count} tensors, relative error of the gradient: median {errors[errors.Count / 2].Error:f4}, "
                + $"worst {largest:f4} ({worst})");
        Assert.True(errors[errors.Count / 2].Error <= .02);
        Assert.True(largest <= .06);
    }

    [Fact]
    public void Merge_BFloat16_RoundsFloat32SumOnce()
    {
        using var scope = NewDisposeScope();
        using Classifier exact = Build("lora", ComputePlan.Float32, hold: false);
        using Classifier rounded = Build("lora", s_bfloat16, hold: false);
        exact.Adapters!.Merge();
        rounded.Adapters!.Merge();
        FrozenWeights.Round(rounded.Encoder, s_bfloat16);
        foreach ((Block a, Block b) in exact.Encoder.blocks.Zip(rounded.Encoder.blocks))
        {
            Tensor sum = ((MergedProjection)a.attn.qkv.Adapter!).Weight;
            Tensor once = ((MergedProjection)b.attn.qkv.Adapter!).Weight;
            Assert.True(once.Equals(sum.to(ScalarType.BFloat16)));
        }
    }

    [Fact]
    public void LinearByConvolution_AnyRows_EqualsLinear()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(3, 7, 24).requires_grad_(true);
        Tensor y = x.detach().clone().requires_grad_(true);
        Tensor weight = randn(10, 24);
        Tensor bias = randn(10);
        Tensor gradient = randn(3, 7, 10);
        Tensor expected = nn.functional.linear(x, weight, bias);
        Tensor actual = Kernels.LinearByConvolution(y, weight, bias);
        expected.backward([gradient]);
        actual.backward([gradient]);
        Assert.True(allclose(expected, actual, 1e-4, 1e-5));
        Assert.True(allclose(x.grad!, y.grad!, 1e-4, 1e-5));
    }

    [Fact]
    public void Choose_GivenPrecision_IsKept_AndAutoNeedsHardware()
    {
        Assert.Equal("float32", ProductProbe.Choose("float32").Precision);
        ProductChoice auto = ProductProbe.Choose("auto");
        Assert.Contains(auto.Precision, ComputePlan.Precisions);
        Assert.True(ProductProbe.HasBfloat16 || auto.Precision == "float32");
        Assert.Contains("GFLOP/s", auto.Reason, StringComparison.Ordinal);
    }

    private static Classifier Build(string method, ComputePlan plan, bool hold = true, BackboneShape? shape = null)
    {
        var classifier = new Classifier(shape ?? new BackboneShape(32, 8, 3, 64, 2), 2, Pooling.Mean, 0, plan);
        Initialisation.FromScratch(classifier.Encoder, 1);
        classifier.Head.Initialise(1);
        Initialisation.TruncatedNormal(classifier.Head.head.weight, "head.weight", 0.02, 1);
        AdaptationMethod.Apply(classifier, TestMethods.Create(method, new LoraOptions { Dropout = 0 }), plan, 1);
        foreach ((string name, Tensor tensor) in classifier.Trained().Where(t => t.Name.EndsWith("lora_B", StringComparison.Ordinal)))
        {
            Initialisation.TruncatedNormal(tensor, name, 0.02, 1);
        }

        if (hold)
        {
            FrozenWeights.Hold(classifier.Encoder, plan);
        }

        return classifier;
    }
}
