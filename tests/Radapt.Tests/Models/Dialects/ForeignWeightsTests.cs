using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Models.Dialects;

/// <summary>
/// Weights that Radapt would compute something else with than their own program are read the right way or refused, never silently.
/// </summary>
public sealed class ForeignWeightsTests : IDisposable
{
    private static readonly BackboneShape s_shape = new(16, 4, 2, 64, 2);

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    // M2: the order of the copies in the file decides nothing.
    [Theory]
    [InlineData("model.student.backbone.", "model.teacher.backbone.", "auto", 2)]
    [InlineData("model.teacher.backbone.", "model.student.backbone.", "auto", 1)]
    [InlineData("model.teacher.backbone.", "model.student.backbone.", "student", 2)]
    [InlineData("state_dict.", "state_dict_ema.", "auto", 2)]
    [InlineData("state_dict.", "state_dict_ema.", "student", 1)]
    [InlineData("state_dict.", "state_dict_ema.", "ema", 2)]
    [InlineData("module.base_encoder.", "module.momentum_encoder.", "teacher", 2)]
    public void Open_SeveralCopiesOfTheEncoder_ReadsTheAverageUnlessAsked(string first, string second, string copy, float expected)
    {
        SafetensorsWriter.Write(_folder["t"], Encoder(1).ToDictionary(t => first + t.Key, t => t.Value)
            .Concat(Encoder(2).Select(t => KeyValuePair.Create(second + t.Key, t.Value))).ToDictionary());
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"], copy: copy);
        using VisionTransformer model = Model();
        weights.LoadInto(model);
        Assert.Equal(expected, model.cls_token[0, 0, 0].item<float>());
        Assert.Contains(weights.LeftOut(),
            note => note.StartsWith("the file contains 2 copies of the encoder; ", StringComparison.Ordinal));

        // An adapter knows its base by the hash, whichever copy it was.
        using BackboneWeights again = BackboneWeights.OpenByHash(_folder["t"], weights.Hash());
        Assert.Equal(weights.Hash(), again.Hash());
    }

    // M2
    [Fact]
    public void Open_CopyThatIsNotThere_NamesThoseThatAre()
    {
        SafetensorsWriter.Write(_folder["t"], Encoder(1).ToDictionary(t => "model." + t.Key, t => t.Value));
        RadaptException e = Assert.Throws<RadaptException>(() => BackboneWeights.Open(_folder["t"], copy: "teacher"));
        Assert.Contains("--copy teacher", e.Message, StringComparison.Ordinal);
        Assert.Contains("only model", e.Message, StringComparison.Ordinal);
    }

    // M10, M11, M18: named by what they are or by the tensor that Radapt lacks; nothing advises --backbone.
    [Theory]
    [InlineData("norm_pre.weight", "tensors that change what the encoder computes")]
    [InlineData("dist_token", "dist_token")]
    [InlineData("rel_pos_bias.table", "rel_pos_bias.table")]
    [InlineData("patch_embed.norm.weight", "patch_embed.norm.weight")]
    [InlineData("pos_embed_x", "pos_embed_x")]
    [InlineData("rope.freqs", "rotary positions")]
    [InlineData("storage_tokens", "DINOv3")]
    [InlineData("layers.0.blocks.0.attn.relative_position_bias_table", "a Swin transformer")]
    [InlineData("blocks.0.attn.relative_position_bias_table", "BEiT")]
    public void Open_TensorThatChangesTheFunction_IsRefusedByName(string tensor, string expected) =>
        Refused(Encoder(1).Append(KeyValuePair.Create(tensor, ones(64))), expected);

    // M11: what only pre-training or the head needs is left out as before.
    [Theory]
    [InlineData("mask_token")]
    [InlineData("decoder_pos_embed")]
    [InlineData("decoder_embed.weight")]
    [InlineData("head_dist.weight")]
    [InlineData("extra.scale")]
    public void Open_TensorOfPreTrainingOrHead_IsLeftOut(string tensor)
    {
        SafetensorsWriter.Write(_folder["t"], Encoder(1).Append(KeyValuePair.Create(tensor, ones(64))).ToDictionary());
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"]);
        Assert.Contains(weights.LeftOut(), note => note.StartsWith("1 tensors left out", StringComparison.Ordinal));
    }

    // M10: a grid of 4 x 6 patches has as many positions as one of 5 x 5 without a class token; neither is guessed.
    [Fact]
    public void Open_PositionsThatAreNoSquare_IsRefused() =>
        Refused(Encoder(1).Select(t => t.Key == "pos_embed" ? KeyValuePair.Create(t.Key, ones(1, 25, 64)) : t),
            "24 patches, which do not form a square");

    // M9: names of transformers 4 and 5 are the same model; written ones are read back.
    [Theory]
    [InlineData("huggingface", false, "vit.encoder.layer.0.attention.attention.query.weight")]
    [InlineData("huggingface5", false, "vit.layers.0.attention.q_proj.weight")]
    [InlineData("huggingface5", true, "dinov2.encoder.layer.0.attention.q_proj.weight")]
    public void Recognise_HuggingFaceNamesOfEitherVersion_AreTheSameModel(string dialect, bool layerScale, string name)
    {
        BackboneShape shape = s_shape with { LayerScale = layerScale };
        var encoder = Encoder(3, shape);
        SafetensorsWriter.Write(_folder["native"], encoder);
        Dictionary<string, Tensor> written = WrittenNames.For(dialect, encoder, shape);
        Assert.Contains(name, written.Keys);
        SafetensorsWriter.Write(_folder["t"], written);
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"]);
        using CheckpointFile native = CheckpointFile.Open(_folder["native"]);
        Assert.Equal(CanonicalHash.Compute(native, TensorParts.Wholes(encoder.Keys.Select(k => KeyValuePair.Create(k, k)))),
            weights.Hash());
    }

    // M12, M3: what config.json says is believed or refused.
    [Theory]
    [InlineData("\"hidden_act\": \"quick_gelu\"", "activation quick_gelu")]
    [InlineData("\"num_attention_heads\": 3", "3 attention heads")]
    [InlineData("\"model_type\": \"beit\"", "of type beit")]
    [InlineData("\"num_hidden_layers\": 4", "num_hidden_layers is 4 there and 2 in the tensors")]
    [InlineData("\"layer_norm_eps\": -1", "layer_norm_eps")]
    [InlineData("broken", "config.json that cannot be read")]
    public void Open_ConfigurationThatDoesNotFit_IsRefused(string entry, string expected)
    {
        File.WriteAllText(_folder["config.json"], $"{{{entry}}}");
        Refused(WrittenNames.For("huggingface", Encoder(1), s_shape), expected);
    }

    // M12
    [Fact]
    public void Open_ConfigurationThatFits_IsBelieved()
    {
        File.WriteAllText(_folder["config.json"],
            """{"model_type": "vit", "num_attention_heads": 4, "num_hidden_layers": 2, "hidden_size": 64, "hidden_act": "gelu", "layer_norm_eps": 1e-5}""");
        SafetensorsWriter.Write(_folder["t"], WrittenNames.For("huggingface", Encoder(1), s_shape));
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"]);
        Assert.Equal((4, 1e-5, true), (weights.Shape!.Heads, weights.Shape.Epsilon, weights.TellsHeads));
    }

    // M17
    [Theory]
    [InlineData(
        """{"image_mean": [0.5307, 0.5307, 0.5307], "image_std": [0.25, 0.25, 0.25], "do_center_crop": true, "crop_size": {"height": 518, "width": 518}, "size": {"shortest_edge": 520}}""", .5307, .25, 516, 520)]
    [InlineData("""{"image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.25, 0.3], "size": {"height": 224, "width": 224}}""", .5,
        .25, 224, 224)]
    [InlineData("""{"image_mean": [0, 0, 0], "image_std": [1, 1, 1], "size": 32, "do_rescale": false}""", 0, 1 / 255.0, 32, 32)]
    [InlineData("""{"do_normalize": false, "size": 32}""", 0, 1, 32, 32)]
    public void Preparation_OfHuggingFacePreprocessor_IsWhatItSays(string json, double mean, double std, int imageSize, int resize)
    {
        File.WriteAllText(_folder["preprocessor_config.json"], json);
        SafetensorsWriter.Write(_folder["t"], WrittenNames.For("huggingface", Encoder(1), s_shape));
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"]);
        Assert.Equal((mean, std), (weights.Mean, Math.Round(weights.Std, 6) == Math.Round(std, 6) ? std : weights.Std));
        Assert.Equal((imageSize, resize), (weights.Preparation!.ImageSize(4), weights.Preparation.Resize));
    }

    // M17, M16: a timm folder says so, and timm resizes with antialias.
    [Fact]
    public void Preparation_OfTimmFolder_IsWhatItSays()
    {
        File.WriteAllText(_folder["config.json"],
            """{"architecture": "vit_tiny", "pretrained_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "input_size": [3, 224, 224], "crop_pct": 0.9}}""");
        SafetensorsWriter.Write(_folder["t"], Encoder(1));
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"]);
        Assert.Equal((.5, .25, 224, 248), (weights.Mean, weights.Std, weights.Preparation!.Side, weights.Preparation.Resize));
        Assert.Equal(PositionResizing.Antialiased, weights.Resizing);
    }

    // M16: by whose code the weights are; MAE's and the paper's classifiers (fc_norm) and encoders of unknown origin stay plain.
    [Theory]
    [InlineData("head.weight", "auto", true)]
    [InlineData("fc_norm.weight", "auto", false)]
    [InlineData("fc_norm.weight", "timm", true)]
    [InlineData("extra", "auto", false)]
    public void LoadInto_AnotherImageSize_ResizesAsTheWeightsOwnCode(string more, string dialect, bool antialias)
    {
        Dictionary<string, Tensor> tensors = Encoder(1);
        tensors["pos_embed"] = arange(17 * 64, ScalarType.Float32).sin().view(1, 17, 64);
        tensors[more] = ones(2, 64);
        if (more == "fc_norm.weight")
        {
            tensors["head.weight"] = ones(2, 64);
        }

        SafetensorsWriter.Write(_folder["t"], tensors);
        using BackboneWeights weights = BackboneWeights.Open(_folder["t"], dialect);
        using var model = new VisionTransformer(s_shape with { ImageSize = 8 }, 0, withNorm: false, new Kernels(ComputePlan.Float32));
        weights.LoadInto(model);
        Tensor patches = tensors["pos_embed"][.., 1.., ..].reshape(1, 4, 4, 64).permute(0, 3, 1, 2);
        Tensor expected = nn.functional.interpolate(patches, [2, 2], mode: InterpolationMode.Bicubic, align_corners: false,
            antialias: antialias).permute(0, 2, 3, 1).reshape(1, 4, 64);
        Assert.True(allclose(expected, model.pos_embed![.., 1.., ..], 1e-5, 1e-6));
    }

    // M19
    [Fact]
    public void Open_OneTensorOfEightBitFloats_ListsItAndReadsTheRest()
    {
        SafetensorsWriter.Write(_folder["t"], Encoder(1).Append(KeyValuePair.Create("extra.scale", ones(4, ScalarType.Int8)))
            .ToDictionary());
        byte[] bytes = File.ReadAllBytes(_folder["t"]);
        int at = bytes.AsSpan().IndexOf("\"I8\""u8);
        byte[] changed = [.. bytes[..at], .. "\"F8_E4M3\""u8, .. bytes[(at + 4)..]];
        BitConverter.TryWriteBytes(changed.AsSpan(0, 8), BitConverter.ToInt64(bytes, 0) + 5);
        File.WriteAllBytes(_folder["f8.safetensors"], changed);

        using BackboneWeights weights = BackboneWeights.Open(_folder["f8.safetensors"]);
        Assert.Contains(weights.LeftOut(), note => note.Contains("F8_E4M3", StringComparison.Ordinal));
        using VisionTransformer model = Model();
        weights.LoadInto(model);
        Assert.Equal(1, model.cls_token[0, 0, 0].item<float>());
    }

    // K21: the file describes more than the machine has; nothing is allocated.
    [Theory]
    [InlineData(224, 16, 256, 16384, 128)]
    [InlineData(4096, 1, 24, 1024, 16)]
    public void VisionTransformer_LargerThanMemory_IsRefused(int image, int patch, int depth, int width, int heads)
    {
        var shape = new BackboneShape(image, patch, depth, width, heads);
        Assert.SkipWhen(4 * (shape.Parameters + shape.TokenElements) < Machine.MemoryBytes, "this machine has that much memory");
        RadaptException e =
            Assert.Throws<RadaptException>(() => new VisionTransformer(shape, 0, withNorm: true, new Kernels(ComputePlan.Float32)));
        Assert.Contains("GB of memory for its weights and one image", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static VisionTransformer Model() => new(s_shape, 0, withNorm: false, new Kernels(ComputePlan.Float32));

    private static Dictionary<string, Tensor> Encoder(float value, BackboneShape? shape = null)
    {
        using var model = new VisionTransformer(shape ?? s_shape, 0, withNorm: true, new Kernels(ComputePlan.Float32));
        return model.named_parameters().ToDictionary(p => p.name, p => full_like(p.parameter.detach(), value));
    }

    private void Refused(IEnumerable<KeyValuePair<string, Tensor>> tensors, string expected)
    {
        SafetensorsWriter.Write(_folder["t"], tensors.ToDictionary());
        RadaptException e = Assert.Throws<RadaptException>(() => BackboneWeights.Open(_folder["t"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--backbone", e.Message, StringComparison.Ordinal);
    }
}
