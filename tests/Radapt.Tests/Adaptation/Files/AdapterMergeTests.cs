using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Files;

public class AdapterMergeTests
{
    public static MatrixTheoryData<string, bool, Pooling> Forms => new(AdapterMerge.Dialects, [false, true], Enum.GetValues<Pooling>());

    [Theory]
    [MemberData(nameof(Forms))]
    public void Run_AnyDialect_PredictsTheSameAndIsABaseAgain(string dialect, bool dinov2, Pooling pooling)
    {
        Assert.SkipWhen(dialect == "mae" && dinov2, "no such transformer in MAE's code");
        using var saved = new SavedAdapter(pooling: pooling, shape: dinov2 ? SavedAdapter.Dinov2Shape : null);
        MergeReport report = AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"], dialect);
        float[] expected = SavedAdapter.Logits(saved.Adapter);
        float[] actual = SavedAdapter.Logits(saved["merged.safetensors"]);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
        Assert.Equal(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), report.LogitDifference, 1e-7);

        using var scope = NewDisposeScope();
        using BackboneWeights again = BackboneWeights.Open(saved["merged.safetensors"]);
        Assert.Equal(saved.Description.Backbone, again.Shape);
        Assert.Equal((0.4, 0.3, true), (again.Mean, again.Std, again.TellsHeads));
        using AdaptedModel model = AdaptedModel.Open(saved["merged.safetensors"], null, ComputePlan.Float32);
        using var loaded = new Classifier(saved.Description.Backbone, 2, pooling, 0, ComputePlan.Float32);
        again.LoadInto(loaded.Encoder);
        Tensor images = AdapterMerge.GeneratedImages(16);
        Assert.True(allclose(model.Classifier.Encoder.Forward(images, ForwardPass.Evaluation),
            loaded.Encoder.Forward(images, ForwardPass.Evaluation), 1e-5, 1e-5));
    }

    [Fact]
    public void Run_HuggingFace_IsRecognisedAsSuchWithItsHead()
    {
        using var saved = new SavedAdapter(pooling: Pooling.ClassToken);
        AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"], "huggingface");
        using CheckpointFile file = CheckpointFile.Open(saved["merged.safetensors"]);
        RecognisedWeights weights = WeightsDialect.Recognise(file);
        Assert.Equal(Dialect.HuggingFaceVit, weights.Dialect);
        Assert.True(file.Contains("vit.encoder.layer.2.attention.attention.value.bias") && file.Contains("classifier.weight"));
        Assert.Equal(2, weights.Head.Count);
        Assert.Empty(weights.LeftOut);
    }

    [Fact]
    public void Run_MaeOfADinov2_SaysWhatToChoose()
    {
        using var saved = new SavedAdapter(shape: SavedAdapter.Dinov2Shape);
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"], "mae"));
        Assert.Contains("huggingface", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(saved["merged.safetensors"]));
    }
}
