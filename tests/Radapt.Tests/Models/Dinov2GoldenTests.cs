using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Models;

/// <summary>DINOv2's forward pass at every stored size, masks included, from every file that keeps the same weights.</summary>
[Trait("Category", "Golden")]
public sealed class Dinov2GoldenTests
{
    public static TheoryData<string> Forwards => GoldenIndex.Ids("forward", c => c.Config["init_values"] is not null);

    public static TheoryData<string> Files => GoldenIndex.Ids("checkpoints", c => c.Entry["config"]?["init_values"] is not null);

    public static TheoryData<string> MaskedAutoencoders =>
        GoldenIndex.Ids("checkpoints", c => c.Has("data") && c.Id.Contains("hf_vitmae_model", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Forwards))]
    public void Forward_EverySize_GivesUpstreamsTokens(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var weights = new GoldenTensors(golden.File("weights"));
        using var data = new GoldenTensors(golden.File("data"));
        using VisionTransformer encoder = Encoder(golden.Config);
        Assert.Empty(weights.CopyInto(encoder.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        CompareSizes(golden, data, encoder);

        string native = $"{encoder.Shape.ImageSize}x{encoder.Shape.ImageSize}";
        if (data.Has("masked.masks"))
        {
            Tensor mask = data["masked.masks"].to(ScalarType.Bool).unsqueeze(-1); // (B, L, 1)
            Tensor patches = where(mask, weights["mask_token"].unsqueeze(0), encoder.patch_embed.Forward(data[native + ".input"]));
            Tensor tokens = encoder.ForwardFrom(encoder.Place(patches, encoder.pos_embed), 0, ForwardPass.Evaluation);
            GoldenAssert.Close(data["masked.x_norm_patchtokens"], Patches(tokens, encoder), golden.Tolerance["tokens"]!, "masked");
        }

        int last =
            data.Names.Count(n => n.StartsWith("intermediate.", StringComparison.Ordinal) && n.EndsWith(".cls", StringComparison.Ordinal));
        for (int i = 0; i < last; i++)
        {
            int block = encoder.Shape.Depth - last + i; // each of the last blocks through the final norm
            Tensor tokens = encoder.Finish(encoder.ForwardPrefix(data[native + ".input"], block + 1));
            GoldenAssert.Close(data[$"intermediate.{i}.cls"], tokens[.., 0], golden.Tolerance["tokens"]!, $"intermediate {i} cls");
            GoldenAssert.Close(data[$"intermediate.{i}.patch"], Patches(tokens, encoder), golden.Tolerance["tokens"]!,
                $"intermediate {i} patch");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void LoadInto_EveryDialect_GivesUpstreamsTokens(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using VisionTransformer encoder = Encoder(golden.Config);
        using (BackboneWeights weights = BackboneWeights.Open(golden.File("input")))
        {
            weights.LoadInto(encoder);
        }

        if (golden.Has("same_weights") || golden.Has("same_backbone") || golden.Has("expected_model"))
        {
            string role = new[] { "same_weights", "same_backbone", "expected_model" }.First(golden.Has);
            using var expected = new GoldenTensors(golden.File(role));
            Assert.All(encoder.named_parameters(), p => Assert.True(p.parameter.Equals(expected[p.name]), p.name));
        }

        if (golden.Has("data"))
        {
            using var data = new GoldenTensors(golden.File("data"));
            if (data.Has("logits"))
            {
                CompareHuggingFaceClassifier(golden, data, encoder);
            }
            else
            {
                // A folded class position cannot be told from the class token, so only the sum is compared with upstream's.
                CompareSizes(golden, data, encoder, compareClassPosition: !golden.Id.Contains("timm", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [MemberData(nameof(MaskedAutoencoders))]
    public void LoadInto_HuggingFaceMae_GivesUpstreamsLatents(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        foreach (string role in new[] { "input", "input_bin" }.Where(golden.Has))
        {
            using VisionTransformer encoder = Encoder(golden.Config);
            using BackboneWeights weights = BackboneWeights.Open(golden.File(role));
            Assert.Equal(encoder.Shape, weights.Shape);
            weights.LoadInto(encoder);
            GoldenAssert.Close(data["latent"], encoder.Forward(data["input"], ForwardPass.Evaluation), golden.Tolerance["latent"]!, role);
        }
    }

    // Positions of a grid that is not square have no place in a model of square images: they are resized here.
    private static void CompareSizes(GoldenCase golden, GoldenTensors data, VisionTransformer encoder, bool compareClassPosition = true)
    {
        JsonNode positionTolerance = golden.Tolerance["pos_embed"] ?? new JsonObject { ["atol"] = 2e-5 };
        // the forward case's, where a file's says "exact bits"
        JsonNode tolerance = golden.Tolerance["tokens"] ?? new JsonObject { ["atol"] = 5e-5, ["rtol"] = 1e-4 };
        string[] sizes = [.. data.Names.Where(n => n.EndsWith(".input", StringComparison.Ordinal)).Select(n => n.Split('.')[0])];
        Assert.NotEmpty(sizes);
        foreach (string size in sizes)
        {
            int[] grid = [.. size.Split('x').Select(s => int.Parse(s, CultureInfo.InvariantCulture) / encoder.Shape.PatchSize)];
            Tensor positions = PositionEmbedding.Resize(encoder.pos_embed!, grid[0], grid[1], PositionEmbedding.ResizingOf(encoder.Shape));
            int from = compareClassPosition ? 0 : 1;
            GoldenAssert.Close(data[size + ".pos_embed"][.., from.., ..], positions[.., from.., ..], positionTolerance, size
                + " pos_embed");
            Tensor before = Enumerable.Range(0, encoder.Shape.Depth).Aggregate(
                encoder.Place(encoder.patch_embed.Forward(data[size + ".input"]), positions),
                    (tokens, block) => encoder.RunBlock(block, tokens, ForwardPass.Evaluation));
            Tensor tokens = encoder.Finish(before);
            GoldenAssert.Close(data[size + ".x_prenorm"], before, tolerance, size + " x_prenorm");
            GoldenAssert.Close(data[size + ".x_norm_clstoken"], tokens[.., 0], tolerance, size + " class token");
            GoldenAssert.Close(data[size + ".x_norm_patchtokens"], Patches(tokens, encoder), tolerance, size + " patches");
            if (data.Has(size + ".x_norm_regtokens"))
            {
                GoldenAssert.Close(data[size + ".x_norm_regtokens"], tokens[.., 1..(1 + encoder.Shape.Registers), ..], tolerance, size
                    + " registers");
            }
        }
    }

    // Class token beside the mean of the patches, into one linear map.
    private static void CompareHuggingFaceClassifier(GoldenCase golden, GoldenTensors data, VisionTransformer encoder)
    {
        using var file = new GoldenTensors(golden.File("input"));
        Tensor tokens = encoder.Forward(data["input"], ForwardPass.Evaluation);
        Tensor pooled = cat([tokens[.., 0], Patches(tokens, encoder).mean([1])], 1);
        GoldenAssert.Close(data["logits"], nn.functional.linear(pooled, file["classifier.weight"], file["classifier.bias"]),
            golden.Tolerance, "logits");
    }

    private static Tensor Patches(Tensor tokens, VisionTransformer encoder) => tokens[.., (1 + encoder.Shape.Registers).., ..];

    private static VisionTransformer Encoder(JsonObject config) =>
        new(GoldenAssert.Shape(config), 0, withNorm: true, new Kernels(ComputePlan.Float32));
}
