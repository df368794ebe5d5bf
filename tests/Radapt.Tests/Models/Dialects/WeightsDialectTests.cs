using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Models.Dialects;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Models.Dialects;

[Trait("Category", "Golden")]
public sealed class WeightsDialectTests
{
    private static readonly string[] s_head = ["head.weight", "head.bias", "fc_norm.weight", "fc_norm.bias"];

    public static TheoryData<string> Vits => GoldenIndex.Ids("checkpoints", c => c.Entry["config"]?["img_size"] is not null);

    [Theory]
    [InlineData("mae_pretrain", Dialect.Mae, "MAE decoder;optimizer state")]
    [InlineData("mae_encoder_only", Dialect.PlainEncoder, "")]
    [InlineData("mae_encoder_only_legacy", Dialect.PlainEncoder, "")]
    [InlineData("mrm_pretrain", Dialect.Mrm, "image decoder;optimizer state;report decoder (BERT)")]
    [InlineData("timm_vit", Dialect.Timm, "")]
    [InlineData("medpeft_lora_best_auroc", Dialect.MedPeftLora, "optimizer state")]
    public void Recognise_LoadableFile_MapsItsEncoderAndNamesTheRest(string name, object dialect, string leftOut)
    {
        GoldenCase golden = Case($"checkpoints/{name}");
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));
        string[] model = [.. file.Tensors.Select(t => t.Name).Where(n => !n.StartsWith("optimizer.", StringComparison.Ordinal))];
        int head = model.Count(n => s_head.Contains(n[(n.StartsWith("model.", StringComparison.Ordinal) ? "model.".Length : 0)..]));
        int lora = 2 * (golden.Config["lora_rank"] is null ? 0 : (int)golden.Config["depth"]!); // A and B of every block's qkv

        RecognisedWeights weights = WeightsDialect.Recognise(file);

        Assert.Equal(dialect, weights.Dialect);
        Assert.Equal(leftOut, string.Join(';', weights.LeftOut.Select(l => l.Group).Order(StringComparer.Ordinal)));
        Assert.Equal(head, weights.Head.Count);
        Assert.Equal(lora, weights.Lora.Count);
        Assert.Equal(file.Tensors.Count, weights.Encoder.Count + head + lora + weights.LeftOut.Sum(l => l.Count));
        BackboneShape shape = weights.Shape!;
        WeightsCheck.Ensure(file, weights, Expected(shape));
        Assert.Equal(weights.Dialect == Dialect.Mrm ? (.4978, .2449) : (.4785, .2834), (weights.Mean, weights.Std));
    }

    [Theory, MemberData(nameof(Vits))]
    public void Recognise_AnyVisionTransformer_ReadsItsDimensions(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id)!;
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));

        BackboneShape shape = WeightsDialect.Recognise(file).Shape!;

        Assert.Equal(
            ((int)golden.Config["img_size"]!, (int)golden.Config["patch_size"]!, (int)golden.Config["depth"]!,
                (int)golden.Config["embed_dim"]!),
            (shape.ImageSize, shape.PatchSize, shape.Depth, shape.Width));
    }

    [Theory]
    [InlineData("dinov2_plain", Dialect.Dinov2, "dinov2_plain")]
    [InlineData("dinov2_reg4", Dialect.Dinov2, "dinov2_reg4")]
    [InlineData("dinov2_swiglu", Dialect.Dinov2, "dinov2_swiglu")]
    [InlineData("dinov2_teacher_chunked", Dialect.Dinov2, "dinov2_plain")]
    // its class token carries a position already: other tensors, the same function
    [InlineData("timm_dinov2_reg4", Dialect.TimmDinov2, null)]
    [InlineData("timm_dinov2_swiglu", Dialect.TimmDinov2, "dinov2_swiglu")]
    [InlineData("hf_vitmae", Dialect.HuggingFaceVit, "mae_encoder_only")]
    [InlineData("hf_vitmae_model", Dialect.HuggingFaceVit, "mae_encoder_only")]
    [InlineData("hf_dinov2_plain", Dialect.HuggingFaceDinov2, "dinov2_plain")]
    [InlineData("hf_dinov2_classifier", Dialect.HuggingFaceDinov2, "dinov2_plain")]
    [InlineData("hf_dinov2_reg4", Dialect.HuggingFaceDinov2, "dinov2_reg4")]
    [InlineData("hf_dinov2_swiglu", Dialect.HuggingFaceDinov2, "dinov2_swiglu")]
    public void Recognise_EveryDialectOfTheSameWeights_GivesTheSameModel(string name, object dialect, string? same)
    {
        GoldenCase golden = Case($"checkpoints/{name}");
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));

        RecognisedWeights weights = WeightsDialect.Recognise(file);

        Assert.Equal(dialect, weights.Dialect);
        BackboneShape expected = GoldenAssert.Shape(golden.Config);
        Assert.Equal(expected, weights.TellsHeads ? weights.Shape : weights.Shape! with { Heads = expected.Heads });
        using var model = new VisionTransformer(weights.Shape!, 0, withNorm: true, new Kernels(ComputePlan.Float32));
        WeightsCheck.Ensure(file, weights, [.. model.named_parameters().Select(p => (p.name, p.parameter.shape))]);
        Assert.Equal(model.named_parameters().Select(p => p.name)
            .Order(StringComparer.Ordinal), weights.Encoder.Keys.Order(StringComparer.Ordinal));
        if (same is not null)
        {
            Assert.Equal(Hash(Case($"checkpoints/{same}").File("expected_model")), Hash(golden.File("input")));
        }
    }

    [Fact]
    public void Recognise_TensorsOfNoTransformer_AreRefusedWhenAskedFor()
    {
        GoldenCase golden = Case("checkpoints/zoo_extra");
        using CheckpointFile file = CheckpointFile.Open(golden.File("input"));

        RecognisedWeights weights = WeightsDialect.Recognise(file);

        Assert.Equal(Dialect.Unknown, weights.Dialect);
        var failure = Assert.Throws<RadaptException>(() => weights.Encoder);
        Assert.Contains(weights.Description, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith(golden.File("input"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_ForcedDialect_ReadsWhatNamesDoNotTell()
    {
        using CheckpointFile file = CheckpointFile.Open(Case("checkpoints/mae_encoder_only").File("input"));

        RecognisedWeights weights = WeightsDialect.Recognise(file, "mrm");

        Assert.Equal((Dialect.Mrm, .4978, .2449), (weights.Dialect, weights.Mean, weights.Std));
        Assert.Equal("MRM encoder (MAE encoder names)", weights.Description);
        Assert.NotNull(weights.Shape);
    }

    [Theory]
    [InlineData("mae_encoder_only", "dinov2")]
    [InlineData("mae_encoder_only", "hf-vit")]
    [InlineData("mae_encoder_only", "llama")]
    [InlineData("dinov2_swiglu", "mae")]
    [InlineData("dinov2_swiglu", "timm-dinov2")]
    [InlineData("dinov2_reg4", "timm-dinov2")]
    [InlineData("timm_dinov2_reg4", "dinov2")]
    [InlineData("hf_dinov2_plain", "hf-vit")]
    [InlineData("hf_vitmae_model", "hf-dinov2")]
    [InlineData("medpeft_lora_best_auroc", "timm")]
    [InlineData("zoo_extra", "vit")]
    public void Recognise_DialectThatTheTensorsContradict_IsRefusedInOneLine(string name, string dialect)
    {
        using CheckpointFile file = CheckpointFile.Open(Case($"checkpoints/{name}").File("input"));

        var failure = Assert.Throws<RadaptException>(() => WeightsDialect.Recognise(file, dialect));

        Assert.StartsWith($"--dialect {dialect}: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void CanonicalHash_SameWeightsInEveryFormat_IsTheSame()
    {
        GoldenCase[] same =
        [
            .. ((string[])["mae_encoder_only", "mae_encoder_only_legacy", "mae_encoder_only_buffer"])
                .Select(n => GoldenIndex.Find($"checkpoints/{n}")).OfType<GoldenCase>(),
        ];
        Assert.SkipWhen(same.Length == 0, "the golden folder in use does not hold MAE encoders");

        string[] hashes = [.. same.Select(c => Hash(c.File("input"))), Hash(same[0].File("expected_model"))];

        Assert.Single(hashes.Distinct());
        Assert.NotEqual(hashes[0], Hash(Case("checkpoints/medpeft_lora_best_auroc").File("input")));
    }

    [Theory, InlineData("state_dict."), InlineData("module."), InlineData("model.module."), InlineData("teacher.backbone."), InlineData("")]
    public void Recognise_NestedStateDict_IsFound(string prefix)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var shape = new BackboneShape(8, 4, 2, 64, 1);
        Write(folder["t"], shape, prefix, [("student.backbone.patch_embed.proj.weight", ones(8, 3, 2, 2))]);

        using CheckpointFile file = CheckpointFile.Open(folder["t"]);
        RecognisedWeights weights = WeightsDialect.Recognise(file);

        Assert.Equal(shape, weights.Shape);
        Assert.Equal([prefix + "cls_token"], weights.Encoder["cls_token"].Names);
        WeightsCheck.Ensure(file, weights, Expected(shape));
    }

    [Fact]
    public void Recognise_RadaptAdapter_TellsWhatItsMetadataSays()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(
            folder["adapter.safetensors"],
            new Dictionary<string, Tensor>
            {
                ["blocks.0.attn.qkv.lora_A"] = ones(8, 64),
                ["blocks.0.attn.qkv.lora_B"] = ones(128, 4),
                ["head.weight"] = ones(2, 64),
                ["head.bias"] = ones(2),
            },
            new Dictionary<string, string>
            {
                ["format"] = "radapt-adapter/1",
                ["method"] = "lora",
                ["rank"] = "4",
                ["backbone"] = "[224,16,12,768,12]",
                ["preprocessing"] = """{"mean":0.4978,"std":0.2449}""",
                ["base_description"] = "MRM pre-training checkpoint",
            });

        using CheckpointFile file = CheckpointFile.Open(folder["adapter.safetensors"]);
        RecognisedWeights weights = WeightsDialect.Recognise(file);

        Assert.Equal("Radapt adapter, method lora, rank 4, on MRM pre-training checkpoint", weights.Description);
        Assert.Equal("vit_base_patch16_224", weights.Shape!.Name);
        Assert.Equal((.4978, .2449), (weights.Mean, weights.Std));
        Assert.Equal((0, 2, 2), (weights.Encoder.Count, weights.Head.Count, weights.Lora.Count));
    }

    [Fact]
    public void Ensure_OtherModel_NamesEveryKindOfDifferenceOnce()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Write(folder["t"], new BackboneShape(8, 4, 2, 64, 1), "", [("blocks.0.ls.gamma", ones(64))]);
        using CheckpointFile file = CheckpointFile.Open(folder["t"]);

        var failure = Assert.Throws<RadaptException>(() =>
            WeightsCheck.Ensure(file, WeightsDialect.Recognise(file), Expected(new BackboneShape(8, 2, 5, 64, 1))));

        Assert.Contains("missing: blocks.2..4.norm1.weight", failure.Message, StringComparison.Ordinal);
        Assert.Contains("unexpected: blocks.0.ls.gamma", failure.Message, StringComparison.Ordinal);
        Assert.Contains("patch_embed.proj.weight is (64, 3, 4, 4) instead of (64, 3, 2, 2)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pos_embed", failure.Message, StringComparison.Ordinal); // another grid is resized
        Assert.Contains("image 8, patch 4, depth 2, width 64", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Abbreviated_ScatteredBlocks_BecomeRuns() =>
        Assert.Equal(
            ["cls_token", "blocks.0..2,5.norm1.bias"],
            WeightsCheck.Abbreviated(["cls_token", "blocks.1.norm1.bias", "blocks.0.norm1.bias", "blocks.5.norm1.bias",
                "blocks.2.norm1.bias"]));

    private static string Hash(string path)
    {
        using CheckpointFile file = CheckpointFile.Open(path);
        return CanonicalHash.Compute(file, WeightsDialect.Recognise(file).Encoder);
    }

    private static void Write(string path, BackboneShape shape, string prefix, (string, Tensor)[] more) =>
        SafetensorsWriter.Write(path, Expected(shape).Select(e => (prefix + e.Name, zeros(e.Shape))).Concat(more).ToDictionary());

    /// <summary>What a classifier that reads the mean needs: no final norm.</summary>
    private static List<(string Name, long[] Shape)> Expected(BackboneShape shape)
    {
        long c = shape.Width;
        return
        [
            ("cls_token", [1, 1, c]), ("pos_embed", [1, shape.Tokens, c]),
            ("patch_embed.proj.weight", [c, 3, shape.PatchSize, shape.PatchSize]), ("patch_embed.proj.bias", [c]),
            .. Enumerable.Range(0, shape.Depth).SelectMany(i => ((string Name, long[] Shape)[])
            [
                ("norm1.weight", [c]), ("norm1.bias", [c]), ("attn.qkv.weight", [3 * c, c]), ("attn.qkv.bias", [3 * c]),
                    ("attn.proj.weight", [c, c]),
                ("attn.proj.bias", [c]), ("norm2.weight", [c]), ("norm2.bias", [c]), ("mlp.fc1.weight", [4 * c, c]),
                    ("mlp.fc1.bias", [4 * c]),
                ("mlp.fc2.weight", [c, 4 * c]), ("mlp.fc2.bias", [c]),
            ], (i, t) => ($"blocks.{i}.{t.Name}", t.Shape)),
        ];
    }

    private static GoldenCase Case(string id)
    {
        GoldenCase? golden = GoldenIndex.Find(id);
        Assert.SkipWhen(golden is null, $"the golden folder in use does not hold {id}");
        return golden!;
    }
}
