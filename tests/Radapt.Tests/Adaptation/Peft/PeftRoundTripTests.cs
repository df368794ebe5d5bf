using CsCheck;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;

namespace Radapt.Tests.Adaptation.Peft;

public class PeftRoundTripTests
{
    private static readonly Gen<LoraOptions> s_settings =
        from rank in Gen.Int[1, 5]
        from alpha in Gen.Double[0.5, 64]
        from targets in Gen.Bool.Array[6]
        from block in Gen.Int[-1, 2]
        where targets.Any(t => t)
        select new LoraOptions
        {
            Rank = rank,
            Alpha = alpha,
            Targets = [.. LowRankOptions.AllTargets.Where((_, i) => targets[i])],
            Blocks = block < 0 ? [] : [block],
        };

    [Theory]
    [InlineData(null, false)]
    [InlineData("vit.", false)]
    [InlineData("dinov2.", false)]
    [InlineData("vit.", true)] // M9
    [InlineData("dinov2.", true)]
    public void ExportThenImport_AnySettings_GivesTheSameAdapter(string? huggingFace, bool isVersion5) => s_settings.Sample(
        settings =>
        {
            using var saved = new SavedAdapter(settings);
            HuggingFacePaths? paths = huggingFace is null ? null : new(huggingFace, Dinov2: huggingFace == "dinov2.", Version5: isVersion5);
            PeftExport.Write(saved.Adapter, saved["peft"], paths);
            ImportReport report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["back.safetensors"]) { Weights = saved.Base });
            Assert.Equal(settings.Targets, report.Adapter.Lora().Targets);
            Assert.Equal(settings.Rank, report.Adapter.Lora().Rank);
            Assert.Equal(settings.Scale, report.Adapter.Lora().Scale, 1e-9);
            Assert.Equivalent(
                saved.Description with
                {
                    Method = report.Adapter.Method,
                    BaseDescription = report.Adapter.BaseDescription,
                }, report.Adapter, strict: true);
            AssertSameTensors(saved.Adapter, report.File);
        },
        iter: 12, threads: 1);

    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.ClassAndMean)]
    public void ExportThenImport_Dinov2WithSwiGlu_GivesTheSameAdapter(Pooling pooling)
    {
        using var saved = new SavedAdapter(new LoraOptions
        {
            Targets = ["q", "v", "fc1", "fc2"],
        }, pooling, shape: SavedAdapter.Dinov2Shape);
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        ImportReport report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["back.safetensors"]) { Weights = saved.Base });
        AssertSameTensors(saved.Adapter, report.File);
        Assert.Equal(SavedAdapter.Logits(saved.Adapter), SavedAdapter.Logits(report.File));
    }

    // M9: exactly the tensors and targets that PEFT saves for a ViT of transformers 5, and back.
    [Fact]
    public void ToPeft_NamesOfTransformers5_AreThoseOfItsModules()
    {
        var settings = new LoraOptions { Rank = 4, Alpha = 8, Targets = ["q", "v", "proj", "fc1", "fc2"], Blocks = [1] };
        using var saved = new SavedAdapter(settings, Pooling.ClassToken);
        IReadOnlyList<string> notes = AdapterExport.ToPeft(saved.Adapter, saved["peft"], "huggingface5", saved.Base);
        Assert.Contains("vit.layers.0.attention.q_proj", Assert.Single(notes), StringComparison.Ordinal);
        string[] modules = ["attention.o_proj", "attention.q_proj", "attention.v_proj", "mlp.fc1", "mlp.fc2"];
        using (CheckpointFile file = CheckpointFile.Open(Path.Combine(saved["peft"], "adapter_model.safetensors")))
        {
            IEnumerable<string> lora = modules.SelectMany(m => "AB".Select(side => $"vit.layers.1.{m}.lora_{side}.weight"));
            IEnumerable<string> expected = lora.Concat(["classifier.weight", "classifier.bias"]).Select(n => "base_model.model." + n);
            Assert.Equal(expected.Order(StringComparer.Ordinal), file.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        }

        float[] before = SavedAdapter.Logits(saved.Adapter);
        ImportReport back = AdapterImport.Run(new ImportRequest(saved["peft"], saved["back.safetensors"]) { Weights = saved.Base });
        Assert.Equal(before, SavedAdapter.Logits(back.File));
    }

    [Fact]
    public void Import_UntrainedAdapter_KeepsItsRank()
    {
        using var saved = new SavedAdapter();
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        Rewrite(saved["peft"], t => t.Key.Contains("lora_B", StringComparison.Ordinal) ? TorchSharp.torch.zeros_like(t.Value) : t.Value);
        ImportReport report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["back.safetensors"]) { Weights = saved.Base });
        Assert.Equal(8, report.Adapter.Lora().Rank); // 2 x 4 on the fused projection: no B tells whose
        Assert.Equal(["q", "k", "v"], report.Adapter.Lora().Targets);
    }

    [Fact]
    public void Import_RanksAndAlphasOfTheirOwn_AreKeptInTheProduct()
    {
        using var saved = new SavedAdapter(new LoraOptions { Rank = 4, Alpha = 8, Targets = ["q", "v", "proj"] });
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        string config = File.ReadAllText(Path.Combine(saved["peft"], "adapter_config.json"));
        Assert.Contains("\"rank_pattern\": {\n    \"attn.proj\": 4", config, StringComparison.Ordinal); // 8 on qkv
        float[] expected = SavedAdapter.Logits(saved.Adapter);
        ImportReport report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["back.safetensors"]) { Weights = saved.Base });
        AssertClose(expected, SavedAdapter.Logits(report.File), 1e-6);
        File.WriteAllText(Path.Combine(saved["peft"], "adapter_config.json"),
            config.Replace("\"attn.proj\": 8", "\"attn.proj\": 16", StringComparison.Ordinal));
        report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["louder.safetensors"]) { Weights = saved.Base });
        // twice the update of proj
        Assert.True(expected.Zip(SavedAdapter.Logits(report.File)).Max(p => Math.Abs(p.First - p.Second)) > 1e-3);
    }

    /// <summary>alpha 0 switches a module off; it must not become the scale that the others are fractions of.</summary>
    [Fact]
    public void Import_AlphaZeroForMostModules_LeavesTheOtherAsItIs()
    {
        using var saved = new SavedAdapter(new LoraOptions { Rank = 4, Alpha = 8, Targets = ["q", "v"] });
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        string config = Path.Combine(saved["peft"], "adapter_config.json");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("\"alpha_pattern\": {}", "\"alpha_pattern\": {\"blocks.[01].attn.qkv\": 0}", StringComparison.Ordinal));
        ImportReport report = AdapterImport.Run(new ImportRequest(saved["peft"], saved["quiet.safetensors"]) { Weights = saved.Base });
        PeftRoundTripTests.Rewrite(saved["peft"],
            t => t.Key.Contains("blocks.2", StringComparison.Ordinal) || !t.Key.Contains("lora_B", StringComparison.Ordinal) ? t.Value
                : TorchSharp.torch.zeros_like(t.Value));
        File.WriteAllText(config, File.ReadAllText(config).Replace("blocks.[01]", "none", StringComparison.Ordinal));
        ImportReport expected = AdapterImport.Run(new ImportRequest(saved["peft"], saved["zeros.safetensors"]) { Weights = saved.Base });
        AssertClose(SavedAdapter.Logits(expected.File), SavedAdapter.Logits(report.File), 1e-6);
        Assert.Equal(2 * 4, report.Adapter.Lora().Alpha, 1e-9);
    }

    [Theory]
    [InlineData(Pooling.Mean)]
    [InlineData(Pooling.ClassToken)]
    public void Export_Head_IsNeverLost(Pooling pooling)
    {
        using var saved = new SavedAdapter(pooling: pooling);
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        using CheckpointFile file = CheckpointFile.Open(Path.Combine(saved["peft"], "adapter_model.safetensors"));
        Assert.True(file.Contains("base_model.model.head.weight") && file.Contains("base_model.model.head.bias"));
        Assert.Equal(pooling == Pooling.Mean, file.Contains("base_model.model.fc_norm.weight"));
        Assert.Equal(pooling == Pooling.Mean ? ["head", "fc_norm"]
            : ["head"], PeftConfig.Read(Path.Combine(saved["peft"], "adapter_config.json")).ModulesToSave);
        // no place of this machine
        Assert.DoesNotContain(file.Metadata.Values, v => v.Contains(Path.GetTempPath(), StringComparison.Ordinal));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Import_OtherBase_IsRefusedUnlessForced()
    {
        using var saved = new SavedAdapter();
        PeftExport.Write(saved.Adapter, saved["peft"], null);
        var request = new ImportRequest(saved["peft"], saved["back"]) { Weights = saved.OtherBase };
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(request));
        Assert.Contains("--force", e.Message, StringComparison.Ordinal);
        Assert.Contains(saved.Description.BaseSha256[..12], e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(saved["back"]));
        Assert.Contains(AdapterImport.Run(request with
        {
            Force = true,
        }).Notes, n => n.Contains("used anyway", StringComparison.Ordinal));
    }

    internal static void Rewrite(string peft, Func<KeyValuePair<string, TorchSharp.torch.Tensor>, TorchSharp.torch.Tensor?> change,
        Func<string, string>? rename = null, (string Name, TorchSharp.torch.Tensor Tensor)? added = null)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        string path = Path.Combine(peft, "adapter_model.safetensors");
        Dictionary<string, TorchSharp.torch.Tensor> tensors;
        Dictionary<string, string> metadata;
        using (CheckpointFile file = CheckpointFile.Open(path))
        {
            tensors = file.Tensors.Select(t => KeyValuePair.Create(t.Name, file.ReadTensor(t.Name)))
                .Select(t => (Name: rename?.Invoke(t.Key) ?? t.Key, Tensor: change(t))).Where(t => t.Tensor is not null)
                .ToDictionary(t => t.Name, t => t.Tensor!);
            metadata = new Dictionary<string, string>(file.Metadata);
        }

        if (added is var (name, tensor))
        {
            tensors.Add(name, tensor);
        }

        SafetensorsWriter.Write(path, tensors, metadata);
    }

    internal static void AssertClose(float[] expected, float[] actual, double tolerance) =>
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, tolerance));

    private static void AssertSameTensors(string expected, string actual)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using CheckpointFile a = CheckpointFile.Open(expected);
        using CheckpointFile b = CheckpointFile.Open(actual);
        Assert.Equal(a.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), b.Tensors.Select(t => t.Name)
            .Order(StringComparer.Ordinal));
        Assert.All(a.Tensors, t => Assert.True(a.ReadTensor(t.Name).Equals(b.ReadTensor(t.Name)), t.Name));
    }
}
