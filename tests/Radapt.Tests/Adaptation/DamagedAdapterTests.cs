using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

/// <summary>
/// Adapter files whose metadata or tensors are not what Radapt writes end in one line before anything is computed with them.
/// </summary>
public sealed class DamagedAdapterTests : IDisposable
{
    private readonly SavedAdapter _saved = new();

    public static TheoryData<string, string, string> Metadata => new()
    {
        { "pooling", "7", "pooling" },
        { "findings", "[\"A\",null]", "findings" },
        { "findings", "[\"A\",\"A\"]", "findings" },
        { "findings", "[\"A\",\" \"]", "findings" },
        { "findings", "[\"A\"]", "head.weight is (2, 64) instead of (1, 64)" },
        { "preprocessing", "null", "preprocessing" },
        { "preprocessing", "{}", "preprocessing" },
        { "preprocessing", "{\"image_size\":16,\"resize\":16,\"mean\":0.4,\"std\":0}", "preprocessing" },
        { "preprocessing", "{\"image_size\":32,\"resize\":32,\"mean\":0.4,\"std\":0.3}", "image size" },
        { "preprocessing", "{\"image_size\":16,\"resize\":-1,\"mean\":0.4,\"std\":0.3}", "preprocessing" },
        { "preprocessing", "{\"image_size\":16,\"resize\":16,\"mean\":1e308,\"std\":0.3}", "preprocessing" },
        { "preprocessing", "{\"image_size\":16,\"resize\":16,\"mean\":0.4,\"std\":0.3,\"dicom_scale\":9}", "preprocessing" },
        { "dropout", "7", "lora-dropout" },
        { "alpha", "1e999", "alpha" },
        { "rank", "9", "lora_A is (8, 64) instead of (18, 64)" },
        { "rank", "2000000000", "rank" },
        { "targets", "[null]", "unexpected" },
        { "blocks", "[0,9]", "lora-blocks" },
        { "method", "lorra", "'lorra' is unknown" },
        { "method", "full", "is missing" },
        { "seed", "99999999999999999999", "metadata is damaged" },
        { "backbone",
            "{\"image_size\":16,\"patch_size\":4,\"depth\":256,\"width\":16384,\"heads\":256,\"registers\":0,\"layer_scale\":false,\"swiglu\":false,\"hidden_width\":65536,\"norm_eps\":1E-06}", "does not fit" },
    };

    [Theory]
    [MemberData(nameof(Metadata))]
    public void Open_MetadataOfNoAdapter_OneLineThatNamesIt(string key, string value, string expected)
    {
        Rewrite(t => t.Value, m => m[key] = value);
        ExpectLine(expected);
    }

    [Fact]
    public void Open_MetadataMissing_OneLine()
    {
        foreach (string key in _saved.Description.ToMetadata().Keys.Except(
            ["base_weights", "base_licence", "blocks", "ranks", "rslora", "dora"]))
        {
            using var one = new SavedAdapter();
            Rewrite(one.Adapter, t => t.Value, m => m.Remove(key));
            RadaptException e = Assert.Throws<RadaptException>(() => AdaptedModel.Open(one.Adapter, null, ComputePlan.Float32));
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Theory]
    [InlineData("lora_B", float.NaN)]
    [InlineData("lora_A", float.PositiveInfinity)]
    [InlineData("head.bias", float.NegativeInfinity)]
    public void Open_NumbersThatAreNotFinite_NamesTheirTensors(string part, float value)
    {
        Rewrite(t => t.Key.Contains(part, StringComparison.Ordinal) ? full_like(t.Value, value) : t.Value);
        ExpectLine($"{part} contain NaN or infinity");
        Assert.Throws<RadaptException>(() => AdapterExport.ToPeft(_saved.Adapter, _saved["peft"]));
        Assert.False(Path.Exists(_saved["peft"]));
    }

    [Fact]
    public void Open_IntegersForWeights_NamesThem()
    {
        Rewrite(t => t.Value.to(ScalarType.Int64));
        ExpectLine("head.weight is not stored as floats");
    }

    [Fact]
    public void Open_BaseWeightsThatAreNotFinite_NamesThem()
    {
        Rewrite(_saved.Base, t => t.Key.EndsWith("norm1.weight", StringComparison.Ordinal) ? full_like(t.Value, float.NaN) : t.Value);
        using var classifier = new Classifier(SavedAdapter.Shape, 2, Pooling.Mean, 0, ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(_saved.Base);
        RadaptException e = Assert.Throws<RadaptException>(() => weights.LoadInto(classifier.Encoder));
        Assert.Contains("blocks.0..2.norm1.weight contain NaN", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadInto_RunWhoseTensorsAreOfAnotherShape_IsRefused()
    {
        Rewrite(t => t.Key.EndsWith("lora_A", StringComparison.Ordinal) ? zeros(1, 64) : t.Value); // one that would be spread over all rows
        using var classifier = new Classifier(SavedAdapter.Shape, 2, Pooling.Mean, 0, ComputePlan.Float32);
        using BackboneWeights weights = BackboneWeights.Open(_saved.Adapter);
        RadaptException e = Assert.Throws<RadaptException>(() => weights.LoadInto(classifier.Encoder));
        Assert.Contains("lora_A is (1, 64) instead of (8, 64)", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A few bytes describe a model of terabytes, and the system would grant its memory.</summary>
    [Fact]
    public void Construct_BackboneLargerThanTheMachine_SaysSoAtOnce()
    {
        var shape = new BackboneShape(16, 16, 256, 16384, 256);
        RadaptException e = Assert.Throws<RadaptException>(() => new Classifier(shape, 1, Pooling.Mean, 0, ComputePlan.Float32));
        Assert.Contains("takes 3299 GB of memory", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _saved.Dispose();

    private void ExpectLine(string expected)
    {
        RadaptException e = Assert.Throws<RadaptException>(() => AdaptedModel.Open(_saved.Adapter, null, ComputePlan.Float32));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(_saved.Adapter, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    private void Rewrite(Func<KeyValuePair<string, Tensor>, Tensor> change, Action<Dictionary<string, string>>? describe = null) =>
        Rewrite(_saved.Adapter, change, describe);

    private static void Rewrite(string path, Func<KeyValuePair<string, Tensor>, Tensor> change,
        Action<Dictionary<string, string>>? describe = null)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        Dictionary<string, string> metadata;
        using (CheckpointFile file = CheckpointFile.Open(path))
        {
            tensors = file.Tensors.ToDictionary(t => t.Name, t => change(KeyValuePair.Create(t.Name, file.ReadTensor(t.Name))));
            metadata = new Dictionary<string, string>(file.Metadata);
        }

        describe?.Invoke(metadata);
        SafetensorsWriter.Write(path, tensors, metadata);
    }
}
