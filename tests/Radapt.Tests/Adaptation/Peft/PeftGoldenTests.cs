using System.Text.Json.Nodes;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Peft;

[Trait("Category", "Golden")]
public class PeftGoldenTests
{
    public static TheoryData<string> Adapters => GoldenIndex.Ids("peft-format", c => c.Has("adapter"));

    public static TheoryData<string> Sources => GoldenIndex.Ids("peft-format", c => c.Has("medpeft_adapter"));

    public static TheoryData<string> PaperCheckpoints =>
        GoldenIndex.Ids("checkpoints", c => c.Has("data") && c.Config["lora_rank"] is not null && c.Has("input"));

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Import_PeftAdapter_GivesUpstreamsLogitsAndMergedWeights(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ImportReport report = AdapterImport.Run(new ImportRequest(Path.GetDirectoryName(golden.File("adapter"))!, folder["imported"])
        {
            Weights = golden.File("base_weights"),
            Heads = (int)golden.Config["num_heads"]!,
        });

        using AdaptedModel model = AdaptedModel.Open(report.File, null, ComputePlan.Float32);
        using var data = new GoldenTensors(golden.File("data"));
        JsonNode tolerance = golden.Tolerance["logits"]!;
        Tensor logits = model.Classifier.Forward(data["input"], ForwardPass.Evaluation);
        GoldenAssert.Close(data[data.Has("logits_adapter") ? "logits_adapter" : "logits"], logits, tolerance, "logits");
        model.Classifier.Adapters?.Merge();
        GoldenAssert.Close(data[data.Has("logits_merged") ? "logits_merged" : "logits"],
            model.Classifier.Forward(data["input"], ForwardPass.Evaluation), tolerance, "merged logits");
        foreach (string name in data.Names.Where(n => n.StartsWith("merged.", StringComparison.Ordinal)))
        {
            LoraPlace place = PeftNames.PlaceOf(name)!;
            Projection projection = Projection(model.Classifier.Encoder, place);
            Tensor weight = projection.Adapter is MergedProjection merged ? merged.Weight : projection.weight;
            Tensor own = LoraPlace.Thirds.Contains(place.Slot) ? weight.chunk(3, 0)[LoraPlace.Thirds.ToList().IndexOf(place.Slot)] : weight;
            GoldenAssert.Close(data[name], own, golden.Tolerance["merged"]!, name);
        }
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Export_ImportedAdapter_IsTheSameFileAgain(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ImportReport report = AdapterImport.Run(new ImportRequest(Path.GetDirectoryName(golden.File("adapter"))!, folder["imported"])
        {
            Weights = golden.File("base_weights"),
            Heads = (int)golden.Config["num_heads"]!,
        });
        Assert.SkipWhen(report.Adapter.Method.Name == "full", "not LoRA alone: imported as the whole model");
        using CheckpointFile weights = CheckpointFile.Open(golden.File("base_weights"));
        PeftExport.Write(report.File, folder["again"], HuggingFacePaths.From(weights));

        using var expected = new GoldenTensors(golden.File("adapter"));
        using var written = new GoldenTensors(Path.Combine(folder["again"], "adapter_model.safetensors"));
        Assert.Subset(written.Names.ToHashSet(), expected.Names.ToHashSet());
        // never lost, trained or not
        Assert.All(written.Names.Except(expected.Names), n => Assert.Contains("fc_norm", n, StringComparison.Ordinal));
        Assert.All(expected.Names, n => Assert.True(expected[n].Equals(written[n]), n));
        PeftConfig before = PeftConfig.Read(golden.File("adapter_config"));
        PeftConfig after = PeftConfig.Read(Path.Combine(folder["again"], "adapter_config.json"));
        foreach (string module in golden.Entry["adapter_keys"]!.AsObject().Select(k => k.Key)
            .Where(k => k.EndsWith("lora_A.weight", StringComparison.Ordinal))
            .Select(k => k[PeftNames.Prefix.Length..^".lora_A.weight".Length]))
        {
            Assert.Contains(after.Targets, t => PeftConfig.Matches(module, t));
            Assert.Equal(before.RankOf(module), after.RankOf(module));
            Assert.Equal(before.ScaleOf(module), after.ScaleOf(module), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Export_PaperAdapter_IsUpstreamsRepackingBitForBit(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ImportReport report = AdapterImport.Run(new ImportRequest(golden.File("medpeft_adapter"), folder["imported"])
        {
            Weights = golden.File("base_weights"),
            Heads = (int)golden.Config["num_heads"]!,
            Alpha = (double)golden.Config["medpeft_alpha"]!,
        });
        PeftExport.Write(report.File, folder["peft"], apart: null);

        using var expected = new GoldenTensors(golden.File("adapter"));
        using var written = new GoldenTensors(Path.Combine(folder["peft"], "adapter_model.safetensors"));
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), written.Names.Order(StringComparer.Ordinal));
        Assert.All(expected.Names, n => Assert.True(expected[n].Equals(written[n]), n));
        JsonObject before = golden.Json("adapter_config").AsObject();
        JsonObject after = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["peft"], "adapter_config.json")))!.AsObject();
        Assert.Equal(before.Select(f => f.Key).Order(StringComparer.Ordinal), after.Select(f => f.Key).Order(StringComparer.Ordinal));
        Assert.All(before.Where(f => f.Key != "base_model_name_or_path"),
            f => Assert.True(JsonNode.DeepEquals(f.Value, after[f.Key]), f.Key));
    }

    [Theory]
    [MemberData(nameof(PaperCheckpoints))]
    public void Import_PaperCheckpoint_GivesUpstreamsLogits(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id);
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ImportReport report = AdapterImport.Run(new ImportRequest(golden.File("input"), folder["imported"])
        {
            Heads = (int)golden.Config["num_heads"]!,
        });
        Assert.Equal("lora", report.Adapter.Method.Name);
        using AdaptedModel model = AdaptedModel.Open(report.File, null, ComputePlan.Float32);
        using var data = new GoldenTensors(golden.File("data"));
        GoldenAssert.Close(data["logits"], model.Classifier.Forward(data["input"], ForwardPass.Evaluation),
            golden.Tolerance["logits"]!, "logits");
    }

    private static Projection Projection(VisionTransformer encoder, LoraPlace place)
    {
        Block block = encoder.blocks[place.Block];
        return place.Slot switch { "proj" => block.attn.proj, "fc1" => block.mlp.Up, "fc2" => block.mlp.Down, _ => block.attn.qkv };
    }
}
