using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Export;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Tests.Adaptation;
using static TorchSharp.torch;

namespace Radapt.Tests.Export;

public class OnnxExportTests
{
    public static TheoryData<Pooling, string, int, bool> Models => new()
    {
        { Pooling.Mean, "lora", 1, false },
        { Pooling.Mean, "lora", 3, false },
        { Pooling.ClassToken, "lora", 1, false },
        { Pooling.Mean, "full", 3, false },
        { Pooling.ClassToken, "linear", 1, false },
        { Pooling.ClassAndMean, "lora", 1, false },
        { Pooling.Mean, "lora", 1, true },
        { Pooling.ClassToken, "lora", 1, true },
        { Pooling.ClassAndMean, "full", 3, true },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Write_Model_PredictsInOnnxRuntimeAsHere(Pooling pooling, string method, int channels, bool dinov2)
    {
        using var saved = new SavedAdapter(new LoraOptions
        {
            Targets = ["q", "v", "fc1", "fc2"],
        }, pooling, method, dinov2 ? SavedAdapter.Dinov2Shape : null);
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], channels);
        float[] expected = SavedAdapter.Logits(saved.Adapter);
        using var scope = NewDisposeScope();
        Tensor images = AdapterMerge.GeneratedImages(SavedAdapter.Shape.ImageSize).expand(-1, channels, -1, -1);
        using var session = new InferenceSession(saved["model.onnx"]);
        (float[] logits, float[] probabilities) = Run(session, images);
        AssertClose(expected, logits, 2e-5);
        AssertClose([.. expected.Select(l => (float)(1 / (1 + Math.Exp(-l))))], probabilities, 1e-5);

        // Any batch size, image by image the same.
        (float[] one, _) = Run(session, images[TensorIndex.Slice(2, 3)]);
        AssertClose(expected[4..6], one, 2e-5);
    }

    [Theory]
    [InlineData("DINOv3", Pooling.ClassToken)]
    [InlineData("EVA", Pooling.Mean)]
    public void Write_RotaryPositions_PredictsInOnnxRuntimeAsHere(string model, Pooling pooling)
    {
        using var saved = new SavedAdapter(pooling: pooling, shape: model == "EVA" ? SavedAdapter.EvaShape : SavedAdapter.Dinov3Shape);
        OnnxExport.Write(saved.Adapter, saved["model.onnx"]);
        using var scope = NewDisposeScope();
        using var session = new InferenceSession(saved["model.onnx"]);
        (float[] logits, _) = Run(session, AdapterMerge.GeneratedImages(SavedAdapter.Shape.ImageSize));
        AssertClose(SavedAdapter.Logits(saved.Adapter), logits, 2e-5);
    }

    [Fact]
    public void Write_Model_NamesFindingsAndPreprocessing()
    {
        using var saved = new SavedAdapter();
        IReadOnlyList<string> notes = OnnxExport.Write(saved.Adapter, saved["model.onnx"]);
        using var session = new InferenceSession(saved["model.onnx"]);
        Dictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal(saved.Description.Findings, JsonSerializer.Deserialize<string[]>(metadata["findings"]));
        Assert.Equal(18, JsonDocument.Parse(metadata["radapt.preprocessing"]).RootElement.GetProperty("resize").GetInt32());
        Assert.DoesNotContain(metadata.Values, v => v.Contains(Path.GetTempPath(), StringComparison.Ordinal));
        Assert.Equal([-1, 1, 16, 16], session.InputMetadata["images"].Dimensions);
        Assert.Equal(["logits", "probabilities"], session.OutputMetadata.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(notes, n => n.Contains("minus 0.4", StringComparison.Ordinal));
    }

    // What a program needs to say what `radapt predict` says: preparation, calibration and thresholds.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_RunWithDecisions_HasThemInItsMetadata(bool hasDecisions)
    {
        using var saved = new SavedAdapter();
        var rules = new DecisionRules
        {
            FittedOn = DecisionRules.ValidationImages,
            Images = 60,
            Sensitivity = 0.95,
            Specificity = 0.9,
            Adapters = [DecisionRules.AdapterHash(saved.Adapter)],
            Findings =
            [
                new FindingRules("Effusion", 20, 40, new LogitScaling(LogitScalingKind.Platt, -0.25, 1.5),
                    new Dictionary<ThresholdRule, double> { [ThresholdRule.Youden] = 0.125 }, new ConformalSets(0.1, -1, 1)),
            ],
            NotFitted = new Dictionary<string, string> { ["Pleural \"Other\""] = "too few images" },
        };
        if (hasDecisions)
        {
            rules.Write(saved[DecisionRules.FileName]);
        }

        IReadOnlyList<string> notes = OnnxExport.Write(saved.Adapter, saved["model.onnx"], int8: true);
        using var session = new InferenceSession(saved["model.onnx"]);
        Dictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal("int8", metadata["radapt.products"]);
        Assert.Contains("shorter side to 18", metadata["radapt.preparation"], StringComparison.Ordinal);
        Assert.Equal(hasDecisions, metadata.ContainsKey("radapt.decisions"));
        Assert.Contains(notes, n => n.Contains(hasDecisions ? "radapt.decisions" : "no calibration", StringComparison.Ordinal));
        if (hasDecisions)
        {
            JsonElement finding = JsonDocument.Parse(metadata["radapt.decisions"]).RootElement.GetProperty("findings")[0];
            Assert.Equal("Effusion", finding.GetProperty("finding").GetString());
            Assert.Equal((-0.25, 1.5), (finding.GetProperty("scaling").GetProperty("intercept").GetDouble(),
                finding.GetProperty("scaling").GetProperty("slope").GetDouble()));
            Assert.Equal(0.125, finding.GetProperty("thresholds").GetProperty("youden").GetDouble());
        }
    }

    [Fact]
    public void Write_OntoOtherBaseWeights_LeavesTheDecisionsOut()
    {
        using var saved = new SavedAdapter();
        new DecisionRules
        {
            FittedOn = DecisionRules.ValidationImages,
            Images = 60,
            Sensitivity = 0.95,
            Specificity = 0.9,
            Adapters = [DecisionRules.AdapterHash(saved.Adapter)],
            Findings = [],
        }.Write(saved[DecisionRules.FileName]);
        OnnxExport.Write(saved.Adapter, saved["model.onnx"], weights: saved.OtherBase, force: true);
        using var session = new InferenceSession(saved["model.onnx"]);
        Assert.DoesNotContain("radapt.decisions", session.ModelMetadata.CustomMetadataMap.Keys);
    }

    [Theory]
    [InlineData("model.safetensors", 1, ".onnx")]
    [InlineData("model.onnx", 2, "--channels")]
    public void Write_ImpossibleRequest_SaysWhatToGive(string name, int channels, string expected)
    {
        using var saved = new SavedAdapter();
        RadaptException e = Assert.Throws<RadaptException>(() => OnnxExport.Write(saved.Adapter, saved[name], channels));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(saved[name]));
    }

    private static (float[] Logits, float[] Probabilities) Run(InferenceSession session, Tensor images)
    {
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(images.contiguous().data<float>().ToArray(), images.shape);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["images"], [input], ["logits", "probabilities"]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<float>().ToArray());
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, tolerance);
    }
}
