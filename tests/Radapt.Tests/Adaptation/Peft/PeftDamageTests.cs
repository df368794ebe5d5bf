using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Peft;

/// <summary>Hostile, truncated and mislabelled PEFT folders end in one clear line, and nothing is written.</summary>
public sealed class PeftDamageTests : IDisposable
{
    private const string Config = "adapter_config.json", Tensors = "adapter_model.safetensors";

    private readonly SavedAdapter _saved = new();

    public PeftDamageTests() => PeftExport.Write(_saved.Adapter, _saved["peft"], null);

    public static TheoryData<string, string> Breakages => new()
    {
        { "config missing", "adapter_config.json: this file is missing" },
        { "config no json", "adapter_config.json" },
        { "config empty list", "not an object" },
        { "config without r", "r is missing" },
        { "config r text", "adapter_config.json" },
        { "config alpha infinite", "adapter_config.json" },
        { "config bad pattern", "adapter_config.json" },
        { "config pattern without number", "'attn.qkv' has no number" },
        { "config bad pattern behind another", "adapter_config.json" },
        { "config too long", "more than 16777216 bytes" },
        { "pissa", "init_lora_weights is pissa" },
        { "lora_ga", "init_lora_weights is lora_ga" }, // M4
        { "two adapters", "contains 2 adapters (a, b)" }, // M5
        { "merged linear of old", "enable_lora" }, // M20
        { "not a number", "lora_B contain NaN" },
        { "head of another shape", "head.bias (2, 1)" },
        { "norm of another shape", "fc_norm.weight (1, 64)" },
        { "patch embedding twice", "patch embedding twice" },
        { "IA3", "peft_type is IA3" },
        { "dora", "use_dora" },
        { "wrong rank", "rank 8" },
        { "target without tensors", "'fc2'" },
        { "saved module without tensors", "'pooler'" },
        { "head missing", "head" },
        { "norm missing", "fc_norm" },
        { "half missing", "lora_A and lora_B" },
        { "tensors missing", "adapter_model.safetensors" },
        { "tensors truncated", "adapter_model.safetensors" },
        { "other names", "base_model.model." },
        { "unknown module", "blocks.0.attn.q_norm" },
        { "block beyond", "does not fit" },
        { "other width", "does not fit" },
        { "unknown tensor", "token_type" },
        { "magnitude", "lora_magnitude_vector" },
        { "integers", "elements of type Int64" },
        { "facts damaged", "metadata is damaged" },
    };

    [Theory]
    [MemberData(nameof(Breakages))]
    public void Import_DamagedAdapter_OneLineAndNothingWritten(string breakage, string expected)
    {
        Break(breakage);
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["out"])
        {
            Weights = _saved.Base,
        }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(Path.Exists(_saved["out"]));
    }

    [Fact]
    public void Import_BaseOfAnotherShape_NamesIt()
    {
        using var scope = NewDisposeScope();
        PeftRoundTripTests.Rewrite(_saved["peft"],
            t => t.Key.Contains("lora_A", StringComparison.Ordinal) ? zeros(t.Value.shape[0], 32) : t.Value);
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["out"])
        {
            Weights = _saved.Base,
        }));
        Assert.Contains("width 64", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_FindingsNamedTwice_IsRefused()
    {
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["out"])
        {
            Weights = _saved.Base,
            Findings = ["A", "A"],
        }));
        Assert.Contains("names A twice", e.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// A head that reads the class token needs a final norm, which these base weights lack; evaluation would find out too late.
    /// </summary>
    [Fact]
    public void Import_HeadForWhichTheBaseLacksTensors_IsRefused()
    {
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["out"])
        {
            Weights = _saved.Base,
            Pooling = Pooling.ClassToken,
        }));
        Assert.Contains("missing: norm.weight, norm.bias", e.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(_saved["out"]));
    }

    [Fact]
    public void Import_WithoutBase_AsksForIt()
    {
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["out"])));
        Assert.Contains("--weights", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_BiasesTrainedToo_GivesTheWholeModelThatPeftWouldRun()
    {
        using var scope = NewDisposeScope();
        float[] before = SavedAdapter.Logits(_saved.Adapter);
        AddTensor("blocks.1.mlp.fc1.bias", zeros(256)); // what it is already
        ImportReport report = AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["same.safetensors"]) { Weights = _saved.Base });
        Assert.Equal("full", report.Adapter.Method.Name);
        PeftRoundTripTests.AssertClose(before, SavedAdapter.Logits(report.File), 1e-5);
    }

    // M20: a checkpoint of the paper's code that holds nothing but the adapter and its head.
    [Fact]
    public void LoraOfThePapersCode_WithoutItsBase_SaysWhatToDo()
    {
        using var scope = NewDisposeScope();
        string file = _saved["lora-only.safetensors"];
        Dictionary<string, Tensor> tensors = new()
        {
            ["model.fc_norm.weight"] = ones(64),
            ["model.fc_norm.bias"] = zeros(64),
            ["model.head.weight"] = randn(3, 64),
            ["model.head.bias"] = zeros(3),
        };
        for (int block = 0; block < SavedAdapter.Shape.Depth; block++)
        {
            tensors[$"model.blocks.{block}.attn.qkv.lora_A"] = randn(8, 64);
            tensors[$"model.blocks.{block}.attn.qkv.lora_B"] = randn(128, 4);
        }

        SafetensorsWriter.Write(file, tensors);
        string imported = Assert.Throws<RadaptException>(() => AdapterImport.Run(new ImportRequest(file, _saved["out"]))).Message;
        Assert.Equal($"{file}: this file contains an adapter without its base weights; give them with --weights.", imported);
        string opened = Assert.Throws<RadaptException>(() => BackboneWeights.Open(file)).Message;
        Assert.Contains("LoRA of the paper's code, rank 4, without its base weights; give a MAE, MRM, ", opened, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_saved["out"]));
        Assert.Equal(4, AdapterImport.Run(new ImportRequest(file, _saved["out"]) { Weights = _saved.Base }).Adapter.Lora().Rank);
    }

    // M6: PEFT passes over a target that no module has; M7: for classifiers of texts it adds names of heads; M20: patterns may look ahead.
    [Theory]
    [InlineData("\"qkv\"", "\"qkv\", \"query\", \"value\"")]
    [InlineData("\"fc_norm\"", "\"fc_norm\", \"classifier\", \"score\"")]
    [InlineData("\"rank_pattern\": {}", "\"rank_pattern\": {\"(?!blocks\\\\.1).*attn\\\\.qkv\": 8}")]
    public void Import_ConfigurationThatPeftAccepts_GivesTheSameModel(string old, string with)
    {
        float[] before = SavedAdapter.Logits(_saved.Adapter);
        string config = Path.Combine(_saved["peft"], Config);
        string text = File.ReadAllText(config);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(old, with, StringComparison.Ordinal));
        ImportReport report = AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["same.safetensors"]) { Weights = _saved.Base });
        PeftRoundTripTests.AssertClose(before, SavedAdapter.Logits(report.File), 1e-5);
    }

    // M8: trained biases under a wrapper's names and under Hugging Face's of both versions; the key's third alone is another bias.
    [Theory]
    [InlineData("backbone.blocks.1.mlp.fc1.bias", 256)]
    [InlineData("vit.encoder.layer.1.intermediate.dense.bias", 256)]
    [InlineData("vit.layers.1.mlp.fc1.base_layer.bias", 256)]
    [InlineData("vit.encoder.layer.1.attention.attention.query.base_layer.bias", 64)]
    [InlineData("vit.layers.1.attention.v_proj.bias", 64)]
    public void Import_BiasUnderOtherNames_TakesItsPlace(string name, int width)
    {
        using var scope = NewDisposeScope();
        float[] before = SavedAdapter.Logits(_saved.Adapter);
        AddTensor(name, zeros(width)); // what it is already
        ImportReport same = AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["same.safetensors"]) { Weights = _saved.Base });
        Assert.Equal("full", same.Adapter.Method.Name);
        PeftRoundTripTests.AssertClose(before, SavedAdapter.Logits(same.File), 1e-5);

        PeftRoundTripTests.Rewrite(_saved["peft"],
            t => t.Key.EndsWith(name, StringComparison.Ordinal) ? arange(width, ScalarType.Float32) : t.Value);
        ImportReport other = AdapterImport.Run(new ImportRequest(_saved["peft"], _saved["other.safetensors"]) { Weights = _saved.Base });
        Assert.Contains(before.Zip(SavedAdapter.Logits(other.File)), p => Math.Abs(p.First - p.Second) > 1e-4);
    }

    public void Dispose() => _saved.Dispose();

    private void Break(string breakage)
    {
        using var scope = NewDisposeScope();
        string config = Path.Combine(_saved["peft"], Config);
        string tensors = Path.Combine(_saved["peft"], Tensors);
        switch (breakage)
        {
            case "config missing": File.Delete(config); break;
            case "config no json": File.WriteAllText(config, "{ \"r\": 4, "); break;
            case "config empty list": File.WriteAllText(config, "[]"); break;
            case "config without r": Edit("\"r\": 8,", ""); break;
            case "config r text": Edit("\"r\": 8,", "\"r\": \"many\","); break;
            case "config alpha infinite": Edit("\"lora_alpha\": 64", "\"lora_alpha\": 1e999"); break;
            case "config bad pattern": Edit("\"rank_pattern\": {}", "\"rank_pattern\": {\"(\": 4}"); break;
            case "config pattern without number": Edit("\"rank_pattern\": {}", "\"rank_pattern\": {\"attn.qkv\": null}"); break;
            case "config bad pattern behind another": Edit("\"rank_pattern\": {}", "\"rank_pattern\": {\".*\": 8, \"(\": 4}"); break;
            case "config too long": File.AppendAllText(config, new string(' ', 16 << 20)); break;
            case "pissa": Edit("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\""); break;
            case "lora_ga": Edit("\"init_lora_weights\": true", "\"init_lora_weights\": \"lora_ga\""); break;
            case "two adapters":
                Rename(".lora_A.weight", ".lora_A.a.weight");
                Rename(".lora_B.weight", ".lora_B.a.weight");
                AddTensor("blocks.0.attn.qkv.lora_A.b.weight", ones(8, 64));
                break;
            case "merged linear of old": Edit("\"use_dora\": false", "\"enable_lora\": [true, false, true]"); break;
            case "not a number":
                PeftRoundTripTests.Rewrite(_saved["peft"],
                t => t.Key.Contains("lora_B", StringComparison.Ordinal) ? full_like(t.Value, float.NaN) : t.Value); break;
            case "head of another shape": Reshape("head.bias", 2, 1); break;
            case "norm of another shape": Reshape("fc_norm.weight", 1, 64); break;
            case "patch embedding twice":
                foreach (string module in (string[])["patch_embed.proj", "model.patch_embed.proj"])
                {
                    AddTensor(module + ".lora_A.weight", ones(8, 3, 4, 4));
                    AddTensor(module + ".lora_B.weight", ones(64, 8, 1, 1));
                }

                break;
            case "IA3": Edit("LORA", "IA3"); break;
            case "dora": Edit("\"use_dora\": false", "\"use_dora\": true"); break;
            case "wrong rank": Edit("\"r\": 8,", "\"r\": 16,"); break;
            case "target without tensors": Edit("\"qkv\"", "\"qkv\", \"fc2\""); break;
            case "saved module without tensors": Edit("\"fc_norm\"", "\"fc_norm\", \"pooler\""); break;
            case "head missing": Edit("\"head\",", ""); Drop(".head."); break;
            case "norm missing": Edit("\"head\",\n    \"fc_norm\"", "\"head\""); Drop(".fc_norm."); break;
            case "half missing": Drop("blocks.1.attn.qkv.lora_B"); break;
            case "tensors missing": File.Delete(tensors); break;
            case "tensors truncated": File.WriteAllBytes(tensors, File.ReadAllBytes(tensors)[..^100]); break;
            case "other names": Rename("base_model.model.", "model."); break;
            case "unknown module": Edit("\"qkv\"", "\"q_norm\""); Rename("attn.qkv", "attn.q_norm"); break;
            case "block beyond": Rename("blocks.2", "blocks.7"); break;
            case "other width":
                PeftRoundTripTests.Rewrite(_saved["peft"],
                t => t.Key.Contains("lora_B", StringComparison.Ordinal) ? zeros(96, 8) : t.Value); break;
            case "unknown tensor": AddTensor("token_type.weight", zeros(3)); break;
            case "magnitude": AddTensor("blocks.0.attn.qkv.lora_magnitude_vector", zeros(3)); break;
            case "integers": PeftRoundTripTests.Rewrite(_saved["peft"], t => t.Value.to(ScalarType.Int64)); break;
            case "facts damaged": BreakFacts(tensors); break;
            default: throw new ArgumentException(breakage, nameof(breakage));
        }

        void Edit(string old, string with)
        {
            string text = File.ReadAllText(config);
            Assert.Contains(old, text, StringComparison.Ordinal);
            File.WriteAllText(config, text.Replace(old, with, StringComparison.Ordinal));
        }

        void Drop(string part) => PeftRoundTripTests.Rewrite(_saved["peft"],
            t => t.Key.Contains(part, StringComparison.Ordinal) ? null : t.Value);

        void Reshape(string name, params long[] shape) =>
            PeftRoundTripTests.Rewrite(_saved["peft"],
                t => t.Key.EndsWith(name, StringComparison.Ordinal) ? t.Value.reshape(shape) : t.Value);

        void Rename(string old, string with) =>
            PeftRoundTripTests.Rewrite(_saved["peft"], t => t.Value, n => n.Replace(old, with, StringComparison.Ordinal));
    }

    private void AddTensor(string name, Tensor tensor) =>
        PeftRoundTripTests.Rewrite(_saved["peft"], t => t.Value, added: ("base_model.model." + name, tensor));

    private static void BreakFacts(string tensors)
    {
        byte[] bytes = File.ReadAllBytes(tensors);
        int at = bytes.AsSpan().IndexOf("\"radapt.pooling\":\"Mean\""u8);
        "\"radapt.pooling\":\"Neat\""u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(tensors, bytes);
    }
}
