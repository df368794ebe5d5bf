using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>
/// Writes a Radapt LoRA adapter as PEFT's <c>save_pretrained</c> does. PEFT has one A and one B per module, so the adapters of q and v on
/// a fused qkv of rank r become one of rank 2r and alpha 2 alpha, B with zeros off its blocks: the scale alpha / r stays.
/// </summary>
internal static class PeftExport
{
    /// <summary>Writes <c>adapter_config.json</c>, <c>adapter_model.safetensors</c> and <c>radapt.json</c>.</summary>
    /// <param name="runOrAdapter">Run folder or adapter file of method lora.</param>
    /// <param name="folder">Where to; made where it does not exist.</param>
    /// <param name="apart">Names of a base in Hugging Face's form, with this before them; null: timm's, with fused qkv.</param>
    /// <exception cref="RadaptException">Not a LoRA adapter, damaged, or the folder cannot be written.</exception>
    public static void Write(string runOrAdapter, string folder, HuggingFacePaths? apart)
    {
        using var scope = NewDisposeScope();
        using CheckpointFile file = CheckpointFile.Open(AdapterFile.Locate(runOrAdapter));
        AdapterDescription description = AdapterFile.Describe(runOrAdapter);
        if (description.Method is not LoraOptions lora)
        {
            throw new RadaptException(
                $"{runOrAdapter}: was trained with method {description.Method}; only adapters of method lora are exported to PEFT's "
                    + "format. Use radapt adapter merge.");
        }

        if (lora is { Magnitudes: true } or { Ranks.Count: > 0 })
        {
            throw new RadaptException(
                $"{runOrAdapter}: was trained with {(lora.Magnitudes ? "--dora" : "--lora-ranks")}, which is not "
                    + "exported to PEFT's format yet. Use radapt adapter merge.");
        }

        AdapterFile.EnsureFits(runOrAdapter, description);
        Dictionary<string, Tensor> own = file.Tensors.ToDictionary(t => t.Name, t => file.ReadFloat32(t.Name));
        FiniteNumbers.Require(runOrAdapter, own.Select(t => (t.Key, t.Value)));
        LowRankUpdate[] updates = [.. LoraPacking.Unpack(lora, own, description.Backbone.Depth)];
        if (apart is null)
        {
            updates = [.. Fused(updates)];
        }

        var tensors = new Dictionary<string, Tensor>();
        foreach (LowRankUpdate update in updates)
        {
            string module = PeftNames.Prefix + PathOf(update.Place);
            tensors[module + ".lora_A.weight"] = update.A;
            tensors[module + ".lora_B.weight"] = update.B;
        }

        string head = apart is null ? "head" : "classifier";
        foreach ((string name, Tensor tensor) in own.Where(t => !t.Key.StartsWith("blocks.", StringComparison.Ordinal)))
        {
            tensors[PeftNames.Prefix + (name.StartsWith("head.", StringComparison.Ordinal) ? head + name["head".Length..] : name)] = tensor;
        }

        PeftConfig config = Config(description, lora, updates, PathOf, apart is null ? PeftNames.TimmTarget : apart.End) with
        {
            ModulesToSave = description.Pooling == Pooling.Mean ? [head, "fc_norm"] : [head],
        };
        Save(folder, config, tensors, description);

        string PathOf(LoraPlace place) => apart is null ? PeftNames.Timm(place) : apart.PathOf(place);
    }

    private static IEnumerable<LowRankUpdate> Fused(LowRankUpdate[] updates)
    {
        LowRankUpdate[][] blocks = [.. updates.Where(u => u.Place.IsAttentionInput).GroupBy(u => u.Place.Block).Select(g => g.ToArray())];
        bool shareA = blocks.All(b => b.All(u => u.A.equal(b[0].A).all().item<bool>()));
        return blocks.Select(b => LoraPacking.Fuse(b, shareA)).Concat(updates.Where(u => !u.Place.IsAttentionInput));
    }

    private static PeftConfig Config(AdapterDescription description, LoraOptions lora, LowRankUpdate[] updates,
        Func<LoraPlace, string> path, Func<string, string> end)
    {
        LowRankUpdate usual = updates[0];
        bool everyBlock = lora.Blocks.Count == 0;
        LowRankUpdate[] others = [.. updates.DistinctBy(u => u.Place.Slot).Where(u => u.Rank != usual.Rank)];
        return new PeftConfig
        {
            Rank = usual.Rank,
            Alpha = usual.Scale * usual.Rank,
            Dropout = lora.Dropout,
            // ViT's fc2 ends as attention.output.dense does: only its whole path is its own.
            Targets =
                [.. updates.Select(u => everyBlock && end(u.Place.Slot) != "output.dense" ? end(u.Place.Slot) : path(u.Place)).Distinct()],
            RankPattern = others.ToDictionary(u => end(u.Place.Slot), u => (double)u.Rank),
            AlphaPattern = others.ToDictionary(u => end(u.Place.Slot), u => u.Scale * u.Rank),
            BaseModel = description.BaseWeights is { } weights ? Path.GetFileName(Path.TrimEndingDirectorySeparator(weights)) : null,
        };
    }

    private static void Save(string folder, PeftConfig config, Dictionary<string, Tensor> tensors, AdapterDescription description)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{folder}: the folder cannot be created ({e.Message}). Choose another -o.", e);
        }

        SafetensorsWriter.Write(Path.Combine(folder, PeftFolder.TensorsFile), tensors, description.ToForeignMetadata());
        AtomicFile.WriteText(Path.Combine(folder, PeftConfig.FileName), config.ToJson());
        AtomicFile.WriteText(Path.Combine(folder, PeftFolder.SideFile), SideText((description with
        {
            BaseWeights = config.BaseModel,
        }).ToMetadata()));
    }

    private static string SideText(IReadOnlyDictionary<string, string> facts)
    {
        var json = new JsonObject(facts.OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => KeyValuePair.Create(f.Key, Value(f.Value))));
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

        // Lists and records are JSON in the metadata already.
        static JsonNode? Value(string text) => text is ['[' or '{', ..] ? JsonNode.Parse(text) : JsonValue.Create(text);
    }
}
