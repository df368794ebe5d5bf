using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Models;

[Trait("Category", "Golden")]
public class VisionTransformerGoldenTests
{
    public static TheoryData<string> Classifiers => GoldenIndex.Ids("forward", c => c.Config["global_pool"] is not null);

    public static TheoryData<string> Encoders => GoldenIndex.Ids("forward", c => c.Id.Contains("encoder", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Encoders))]
    public void Forward_Encoder_GivesUpstreamsLatents(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var weights = new GoldenTensors(golden.File("weights"));
        using var data = new GoldenTensors(golden.File("data"));
        using var encoder = new VisionTransformer(GoldenAssert.Shape(golden.Config), 0, withNorm: true, new Kernels(ComputePlan.Float32));
        Assert.Empty(weights.CopyInto(encoder.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        GoldenAssert.Close(data["latent"], encoder.Forward(data["input"], ForwardPass.Evaluation), golden.Tolerance, "latent");
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Forward_Classifier_GivesUpstreamsLogits(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        using var input = golden.Has("input") ? new GoldenTensors(golden.File("input")) : null;
        using Classifier classifier = Load(golden);
        Tensor images = (input ?? data)["input"];
        Tensor tokens = classifier.Encoder.Forward(images, ForwardPass.Evaluation);
        if (data.Has("features"))
        {
            GoldenAssert.Close(data["features"], classifier.Head.Features(tokens), golden.Tolerance, "features");
        }

        if (data.Has("tokens") && classifier.Pooling == Pooling.Mean)
        {
            GoldenAssert.Close(data["tokens"], tokens, golden.Tolerance, "tokens");
        }

        if (data.Has("pos_embed"))
        {
            GoldenAssert.Close(data["pos_embed"], classifier.Encoder.pos_embed!, golden.Tolerance, "pos_embed");
        }

        GoldenAssert.Close(data["logits"], classifier.Forward(images, ForwardPass.Evaluation), golden.Tolerance, "logits");
    }

    [Fact]
    public void LoadInto_TimmClassifier_GivesTimmsLogits()
    {
        GoldenCase golden = GoldenIndex.Find("checkpoints/timm_vit");
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        using var file = new GoldenTensors(golden.File("input"));
        using var classifier = new Classifier(GoldenAssert.Shape(golden.Config), (int)golden.Config["classes"]!, Pooling.ClassToken, 0,
            ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(golden.File("input"));
        weights.LoadInto(classifier.Encoder);
        Assert.Empty(file.CopyInto(classifier.Head.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        Tensor tokens = classifier.Encoder.Forward(data["input"], ForwardPass.Evaluation);
        GoldenAssert.Close(data["normed_tokens"], tokens, golden.Tolerance, "normed tokens");
        GoldenAssert.Close(data["logits"], classifier.Head.Forward(tokens, ForwardPass.Evaluation), golden.Tolerance, "logits");
        Assert.Contains(weights.LeftOut(), note => note.Contains("head", StringComparison.Ordinal));
    }

    private static Classifier Load(GoldenCase golden)
    {
        JsonObject config = golden.Config;
        var classifier = new Classifier(GoldenAssert.Shape(config), (int)config["classes"]!, GoldenAssert.Pooling(config), 0,
            ComputePlan.Float32);
        if (config["lora_rank"] is { } rank)
        {
            var lora = new LoraOptions { Rank = (int)rank, Alpha = (double)config["lora_alpha"]!, Dropout = 0 };
            AdaptationMethod.Apply(classifier, lora, ComputePlan.Float32, 0);
        }

        var lacking = new HashSet<string>(classifier.Tensors().Select(t => t.Name));
        if (golden.Has("checkpoint"))
        {
            // the way a user's checkpoint goes: recognised, decoder left out, positions resized
            using BackboneWeights checkpoint = BackboneWeights.Open(golden.File("checkpoint"));
            checkpoint.LoadInto(classifier.Encoder);
            lacking.ExceptWith(classifier.Encoder.named_parameters().Select(p => p.name));
        }

        foreach (string role in new[] { "weights", "head", "head_lora" }.Where(golden.Has))
        {
            using var tensors = new GoldenTensors(golden.File(role));
            lacking.IntersectWith(tensors.CopyInto(classifier.Tensors().Where(t => !golden.Has("checkpoint") || role != "weights")));
        }

        Assert.Empty(lacking);
        if (config["multiply_by_0_003"] is JsonArray names)
        {
            using var noGradient = no_grad();
            foreach ((_, Tensor tensor) in classifier.Tensors().Where(t => names.Any(n => (string)n! == t.Name)))
            {
                tensor.mul_(0.003);
            }
        }

        return classifier;
    }
}
