using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Adaptation;
using Radapt.Tests.Models.Published;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Tests.Models.Dialects;

/// <summary>DINOv3 and EVA-02 as their publishers save them: the right model, or refused by name.</summary>
public sealed class RotaryDialectTests : IDisposable
{
    private static readonly BackboneShape s_plain = new(224, 16, 2, 64, 2)
    {
        Registers = 4,
        LayerScale = true,
        Epsilon = 1e-5,
        Positions = PatchPositions.Rotary,
    };

    private static readonly BackboneShape s_gated = s_plain with { SwiGlu = true, HiddenWidth = 88 };

    private static readonly BackboneShape s_eva = new(48, 16, 2, 64, 1)
    {
        Positions = PatchPositions.LearnedAndRotary,
        SwiGlu = true,
        HiddenWidth = 88,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_Dinov3OfBothPublishers_IsTheSameModel(bool gated)
    {
        Dictionary<string, Tensor> tensors = Dinov3(gated ? s_gated : s_plain);
        foreach (string bias in tensors.Keys.Where(n => n.EndsWith("attn.qkv.bias", StringComparison.Ordinal)))
        {
            tensors[bias].narrow(0, 64, 64).zero_(); // where it is not, the mask makes it so
        }

        using VisionTransformer own = Load("own.safetensors", tensors, out string ownHash);
        WriteConfig(gated ? "silu" : "gelu");
        using VisionTransformer huggingFace = Load("model.safetensors", HuggingFace(tensors, gated), out string hash);
        Assert.Equal(ownHash, hash);
        Assert.Equal(own.Shape, huggingFace.Shape);
        Assert.Equal(2, own.Shape.Heads); // told by the periods, or by config.json
        Assert.True(Tokens(own).Equals(Tokens(huggingFace)));
        double expected = ScalarTransformer.From(own).Forward(new float[224 * 224])[0][0];
        Assert.Equal(expected, Tokens(own, zeros(1, 1, 224, 224))[0, 0, 0].item<float>(), 1e-4);
    }

    [Fact]
    public void Load_BiasOfKeysThatIsMasked_IsZero()
    {
        using VisionTransformer model = Load("t.safetensors", Dinov3(s_plain), out _);
        Assert.All(model.blocks, b => Assert.Equal(0, b.attn.qkv.bias[64..128].abs().max().item<float>()));
        Assert.All(model.blocks, b => Assert.NotEqual(0, b.attn.qkv.bias[..64].abs().max().item<float>()));
    }

    [Fact]
    public void Load_ProjectionsWithoutBias_HaveZeros()
    {
        Dictionary<string, Tensor> tensors = Dinov3(s_gated, hasBias: false);
        using VisionTransformer model = Load("t.safetensors", tensors, out _);
        Assert.All(model.blocks, b => Assert.Equal(0, b.attn.qkv.bias.abs().max().item<float>()));
    }

    [Fact]
    public void LoadInto_OtherPeriods_IsRefused()
    {
        Dictionary<string, Tensor> tensors = Dinov3(s_plain);
        tensors["rope_embed.periods"] = tensors["rope_embed.periods"].to(ScalarType.Float32).square(); // of base 10,000
        RadaptException e = Assert.Throws<RadaptException>(() => Load("t.safetensors", tensors, out _));
        Assert.Contains("stores rotary positions that differ from those that Radapt computes (rope_embed.periods)", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cls_norm.weight", "cls_norm")]
    [InlineData("pos_embed", "learned positions (pos_embed) in addition to rotary ones")]
    public void Open_Dinov3WithMore_IsRefusedByName(string tensor, string expected)
    {
        Dictionary<string, Tensor> tensors = Dinov3(s_plain);
        tensors[tensor] = ones(64);
        SafetensorsWriter.Write(_folder["t.safetensors"], tensors);
        RadaptException e = Assert.Throws<RadaptException>(() => BackboneWeights.Open(_folder["t.safetensors"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"rope_theta\": 10000", "rotary positions of base 10000")]
    [InlineData("\"rope_parameters\": {\"rope_theta\": 50}", "rotary positions of base 50")]
    [InlineData("\"model_type\": \"dinov2\"", "a model of type dinov2")]
    [InlineData("\"intermediate_size\": 512", "intermediate_size is 512 there and 256 in the tensors")]
    [InlineData("\"hidden_act\": \"silu\"", "the activation silu")]
    public void Open_ConfigurationThatDoesNotFit_IsRefused(string entry, string expected)
    {
        SafetensorsWriter.Write(_folder["model.safetensors"], HuggingFace(Dinov3(s_plain), gated: false));
        File.WriteAllText(_folder["config.json"], $"{{{entry}}}");
        RadaptException e = Assert.Throws<RadaptException>(() => BackboneWeights.Open(_folder["model.safetensors"]));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    // A dialect that knows no rotary positions must not read them away.
    [Theory]
    [InlineData("dinov2"), InlineData("timm-dinov2"), InlineData("vit"), InlineData("eva")]
    public void Recognise_Dinov3AsAnother_IsRefused(string dialect)
    {
        SafetensorsWriter.Write(_folder["t.safetensors"], Dinov3(s_plain));
        Assert.Throws<RadaptException>(() => BackboneWeights.Open(_folder["t.safetensors"], dialect));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_Eva_IsThePublishedModel(bool norm)
    {
        Dictionary<string, Tensor> tensors = Random(PublisherFile.Eva(s_eva with { HiddenNorm = norm }));
        PublisherFile.WriteRotation(tensors, s_eva);
        using VisionTransformer model = Load("t.safetensors", tensors, out _);
        Assert.Equal(s_eva with { HiddenNorm = norm }, model.Shape);
        Block block = model.blocks[1];
        Assert.True(block.attn.qkv.bias[..64].Equals(tensors["blocks.1.attn.q_bias"]));
        Assert.Equal(0, block.attn.qkv.bias[64..128].abs().max().item<float>());
        Assert.True(block.attn.qkv.bias[128..].Equals(tensors["blocks.1.attn.v_bias"]));
        Tensor gates = norm ? tensors["blocks.1.mlp.w1.weight"] : tensors["blocks.1.mlp.w12.weight"][..88];
        Assert.True(((SwiGlu)block.mlp).w12.weight[..88].Equals(gates));
        if (norm)
        {
            Assert.True(block.attn.qkv.weight[64..128].Equals(tensors["blocks.1.attn.k_proj.weight"]));
        }
    }

    // EVA-X's own fine-tuning code has a model with the table of a 16 x 16 grid, too.
    [Fact]
    public void LoadInto_EvaWithTheTableOfAnotherGrid_IsRefused()
    {
        Dictionary<string, Tensor> tensors = Random(PublisherFile.Eva(s_eva));
        PublisherFile.WriteRotation(tensors, s_eva);
        tensors["rope.freqs_cos"] = (tensors["rope.freqs_cos"].clamp(-1, 1).acos() * (16.0 / 14).ToTensor()).cos();
        RadaptException e = Assert.Throws<RadaptException>(() => Load("t.safetensors", tensors, out _));
        Assert.Contains("rope.freqs_cos", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EvaWithANormInItsAttention_IsRefusedByName()
    {
        Dictionary<string, Tensor> tensors = Random(PublisherFile.Eva(s_eva));
        PublisherFile.WriteRotation(tensors, s_eva);
        tensors["blocks.0.attn.inner_attn_ln.weight"] = ones(64);
        RadaptException e = Assert.Throws<RadaptException>(() => Load("t.safetensors", tensors, out _));
        Assert.Contains("attn.inner_attn_ln.weight", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DINOv3")]
    [InlineData("EVA")]
    public void Merge_RotaryPositions_IsWrittenInRadaptsNamesOnly(string model)
    {
        using var saved = new SavedAdapter(shape: model == "EVA" ? SavedAdapter.EvaShape : SavedAdapter.Dinov3Shape);
        MergeReport report = AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"]);
        Assert.InRange(report.LogitDifference, 0, 1e-5);
        Assert.Contains("Radapt's own names only", Assert.Throws<RadaptException>(
            () => AdapterMerge.Run(saved.Adapter, saved["timm.safetensors"], "timm")).Message, StringComparison.Ordinal);
        Assert.Contains("PEFT's format", Assert.Throws<RadaptException>(
            () => AdapterExport.ToPeft(saved.Adapter, saved["peft"])).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    private static Tensor Tokens(VisionTransformer model, Tensor? images = null)
    {
        using var noGradient = no_grad();
        return model.Forward(images ?? AdapterMerge.GeneratedImages(model.Shape.ImageSize), ForwardPass.Evaluation);
    }

    private static Dictionary<string, Tensor> Dinov3(BackboneShape shape, bool hasBias = true)
    {
        Dictionary<string, Tensor> tensors = Random(PublisherFile.Dinov3(shape, hasBias));
        PublisherFile.WriteRotation(tensors, shape);
        return tensors;
    }

    private static Dictionary<string, Tensor> Random((string Name, long[] Shape)[] tensors) =>
        tensors.ToDictionary(t => t.Name, t => empty(t.Shape).uniform_(-0.3, 0.3));

    // What transformers' convert_dinov3_vit_to_hf.py makes of facebookresearch's file, and the names that its model has since.
    private static Dictionary<string, Tensor> HuggingFace(Dictionary<string, Tensor> tensors, bool gated)
    {
        var converted = new Dictionary<string, Tensor>();
        foreach ((string name, Tensor tensor) in tensors.Where(t =>
            !t.Key.StartsWith("rope_embed", StringComparison.Ordinal) && !t.Key.StartsWith("local_cls_norm", StringComparison.Ordinal)
            && !t.Key.EndsWith("bias_mask", StringComparison.Ordinal)))
        {
            string own = name.StartsWith("norm.", StringComparison.Ordinal) ? name
                : name is "cls_token" or "mask_token" ? $"embeddings.{name}"
                : name == "storage_tokens" ? "embeddings.register_tokens"
                : name.Replace("patch_embed.proj.", "embeddings.patch_embeddings.", StringComparison.Ordinal)
                    .Replace("blocks.", "layer.", StringComparison.Ordinal)
                    .Replace(".attn.proj.", ".attention.o_proj.", StringComparison.Ordinal)
                    .Replace(".ls1.gamma", ".layer_scale1.lambda1", StringComparison.Ordinal)
                    .Replace(".ls2.gamma", ".layer_scale2.lambda1", StringComparison.Ordinal)
                    .Replace(".mlp.w1.", ".mlp.gate_proj.", StringComparison.Ordinal)
                    .Replace(".mlp.w2.", ".mlp.up_proj.", StringComparison.Ordinal)
                    .Replace(gated ? ".mlp.w3." : ".mlp.fc2.", ".mlp.down_proj.", StringComparison.Ordinal)
                    .Replace(".mlp.fc1.", ".mlp.up_proj.", StringComparison.Ordinal);
            if (!own.Contains(".attn.qkv.", StringComparison.Ordinal))
            {
                converted[own] = tensor;
                continue;
            }

            Tensor[] thirds = tensor.chunk(3, 0);
            bool isBias = own.EndsWith("bias", StringComparison.Ordinal);
            foreach ((string third, int i) in isBias ? (ReadOnlySpan<(string, int)>)[("q", 0), ("v", 2)] : [("q", 0), ("k", 1), ("v", 2)])
            {
                converted[own.Replace(".attn.qkv.", $".attention.{third}_proj.", StringComparison.Ordinal)] = thirds[i];
            }
        }

        return converted;
    }

    private void WriteConfig(string activation) => File.WriteAllText(_folder["config.json"],
        $$"""{"model_type": "dinov3_vit", "num_attention_heads": 2, "num_hidden_layers": 2, "hidden_size": 64, "hidden_act": "{{activation}}", "layer_norm_eps": 1e-5, "rope_theta": 100.0, "patch_size": 16}""");

    private VisionTransformer Load(string name, Dictionary<string, Tensor> tensors, out string hash)
    {
        SafetensorsWriter.Write(_folder[name], tensors);
        using BackboneWeights weights = BackboneWeights.Open(_folder[name]);
        var model = new VisionTransformer(weights.Shape!, 0, withNorm: true, new Kernels(ComputePlan.Float32));
        try
        {
            weights.LoadInto(model);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        hash = weights.Hash();
        return model;
    }
}
