using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Tests.Golden;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

public class BackboneWeightsTests
{
    private static readonly BackboneShape s_shape = new(32, 8, 2, 64, 1);

    public static TheoryData<string> PaperCheckpoints =>
        GoldenIndex.Ids("checkpoints", c => c.Has("data") && c.Config["lora_rank"] is not null && c.Has("input"));

    [Theory]
    [Trait("Category", "Golden")]
    [MemberData(nameof(PaperCheckpoints))]
    public void LoadInto_PaperLoraCheckpoint_MergesItsAdapters(string id)
    {
        GoldenCase golden = GoldenIndex.Find(id)!;
        using var scope = NewDisposeScope();
        using var data = new GoldenTensors(golden.File("data"));
        using var stored = new GoldenTensors(golden.File("expected_model"));
        using var classifier = new Classifier(GoldenAssert.Shape(golden.Config), (int)golden.Config["classes"]!,
            GoldenAssert.Pooling(golden.Config), 0, ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(golden.File("input"));
        weights.LoadInto(classifier.Encoder);
        Assert.Empty(stored.CopyInto(classifier.Head.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        GoldenAssert.Close(data["logits"], classifier.Forward(data["input"], ForwardPass.Evaluation),
            golden.Tolerance["logits"]!, "logits");
        Assert.Contains(weights.LeftOut(), note => note.Contains("merged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("blocks.1.attn.qkv", 8, 128, 4, null)]                                                // one block alone is fine
    [InlineData("blocks.0.attn.qkv", 7, 128, 4, "not the shapes of LoRA on q and v")]
    [InlineData("blocks.0.attn.qkv", 0, 128, 0, "not the shapes of LoRA on q and v")]
    [InlineData("blocks.0.attn.qkv", 8, 128, 0, "not the shapes of LoRA on q and v")]
    [InlineData("blocks.0.mlp.fc1", 8, 128, 4, "LoRA on blocks.0.mlp.fc1")]                          // never left out in silence
    [InlineData("blocks.7.attn.qkv", 8, 128, 4, "does not fit")]
    [InlineData("blocks.0.attn.qkv", -1, 128, 4, "only one of lora_A and lora_B")]
    public void LoadInto_LoraOfAnotherKind_IsNamed(string module, int rowsOfA, int rowsOfB, int rank, string? expected)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using Classifier classifier = Random("linear", seed: 1);
        var tensors = classifier.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        tensors[module + ".lora_B"] = ones(rowsOfB, rank);
        if (rowsOfA >= 0)
        {
            tensors[module + ".lora_A"] = ones(rowsOfA, 64);
        }
        else
        {
            tensors["blocks.1.attn.qkv.lora_A"] = ones(8, 64);
            tensors["blocks.1.attn.qkv.lora_B"] = ones(128, 4);
        }

        SafetensorsWriter.Write(folder["lora.safetensors"], tensors);
        using BackboneWeights weights = BackboneWeights.Open(folder["lora.safetensors"]);
        using var loaded = new Classifier(s_shape, 1, Pooling.Mean, 0, ComputePlan.Float32);
        if (expected is not null)
        {
            Assert.Contains(expected, Assert.Throws<RadaptException>(() => weights.LoadInto(loaded.Encoder)).Message,
                StringComparison.Ordinal);
            return;
        }

        weights.LoadInto(loaded.Encoder);
        Tensor added = loaded.Encoder.blocks[1].attn.qkv.weight - tensors["blocks.1.attn.qkv.weight"]; // 32/4 x 4 in the rows of q and v
        Assert.True(allclose(added, cat([full(64, 64, 32), zeros(64, 64), full(64, 64, 32)], 0), 1e-4, 1e-4));
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("linear")]
    [InlineData("full")]
    public void LoadInto_RunFolder_GivesTheAdaptedBackbone(string method)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using Classifier trained = Random(method, seed: 5);
        string baseFile = SaveBase(folder, trained, out string hash);
        AdapterFile.Save(folder["adapter.safetensors"], Description(method, baseFile, hash), trained.Trained());

        using var loaded = new Classifier(s_shape, 1, Pooling.Mean, 0, ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(folder.Path);
        weights.LoadInto(loaded.Encoder);

        Tensor images = randn(2, 1, 32, 32);
        Tensor expected = trained.Encoder.Forward(images, ForwardPass.Evaluation);
        Assert.True(allclose(expected, loaded.Encoder.Forward(images, ForwardPass.Evaluation), 1e-4, 1e-5));
    }

    [Fact]
    public void LoadBase_OtherWeights_IsRefusedWithBothHashes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using Classifier classifier = Random("lora", seed: 1);
        using Classifier other = Random("lora", seed: 2);
        SaveBase(folder, classifier, out string hash);
        string wrong = SaveBase(folder, other, out string wrongHash, "other.safetensors");
        RadaptException e =
            Assert.Throws<RadaptException>(
                () => BackboneWeights.LoadBase(Description("lora", folder["base.safetensors"], hash), wrong, classifier.Encoder));
        Assert.Contains(hash[..12], e.Message, StringComparison.Ordinal);
        Assert.Contains(wrongHash[..12], e.Message, StringComparison.Ordinal);
        Assert.Contains("--weights", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadBase_FileGone_SaysHowToNameIt()
    {
        using Classifier classifier = Random("lora", seed: 1);
        RadaptException e =
            Assert.Throws<RadaptException>(
                () => BackboneWeights.LoadBase(Description("lora", "/nowhere/base.pth", "00"), null, classifier.Encoder));
        Assert.Contains("--weights", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AdapterOfAnotherShape_NamesTheTensorAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using Classifier small = Random("linear", seed: 1);
        using var larger = new Classifier(s_shape with { Width = 128, Heads = 2 }, 1, Pooling.Mean, 0, ComputePlan.Float32);
        Initialisation.FromScratch(larger.Encoder, 0);
        larger.Head.Initialise(0);
        AdaptationMethod.Apply(larger, new PlainMethod("linear"), ComputePlan.Float32, 0);
        AdapterFile.Save(folder["adapter.safetensors"], Description("linear", "x", "y"), small.Trained());
        Tensor before = larger.Head.head.weight.clone();
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterFile.Load(folder.Path, [.. larger.Trained()]));
        Assert.Contains("head.weight", e.Message, StringComparison.Ordinal);
        Assert.True(before.Equals(larger.Head.head.weight));
    }

    [Fact]
    public void Description_MetadataAndBack_IsTheSame()
    {
        AdapterDescription description = Description("lora", "/data/base.pth", "abc") with
        {
            BaseLicence = "cc-by-nc-4.0",
            Findings = ["Pleural Effusion", "Édème, \"aigu\""],
            Method = new LoraOptions { Rank = 8, Alpha = 16.5, Dropout = 0.05, Targets = ["q", "k", "fc1"], Blocks = [0, 1] },
        };
        AdapterDescription back = AdapterDescription.FromMetadata(description.ToMetadata(), "file");
        Assert.Equivalent(description, back, strict: true);
    }

    private static Classifier Random(string method, long seed)
    {
        var classifier = new Classifier(s_shape, 1, Pooling.Mean, 0, ComputePlan.Float32);
        Initialisation.FromScratch(classifier.Encoder, seed);
        classifier.Head.Initialise(seed);
        AdaptationMethod.Apply(classifier, TestMethods.Create(method, new LoraOptions { Dropout = 0 }), ComputePlan.Float32, seed);
        foreach ((string name, Tensor tensor) in classifier.Trained().Where(t => t.Name.EndsWith("lora_B", StringComparison.Ordinal)))
        {
            Initialisation.TruncatedNormal(tensor, name, 0.02, seed);
        }

        return classifier;
    }

    private static string SaveBase(TemporaryFolder folder, Classifier classifier, out string hash, string name = "base.safetensors")
    {
        SafetensorsWriter.Write(folder[name], classifier.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter));
        using BackboneWeights weights = BackboneWeights.Open(folder[name]);
        hash = weights.Hash();
        return folder[name];
    }

    private static AdapterDescription Description(string method, string baseFile, string hash) => new()
    {
        Method = TestMethods.Create(method, new LoraOptions { Dropout = 0 }),
        Backbone = s_shape,
        Pooling = Pooling.Mean,
        Findings = ["Effusion"],
        Preprocessing = new Preprocessing(32, 32, 0.5, 0.25),
        BaseWeights = baseFile,
        BaseSha256 = hash,
    };
}
