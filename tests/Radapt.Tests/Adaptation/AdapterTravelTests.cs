using Radapt.Adaptation;
using Radapt.Adaptation.Files;
using Radapt.Adaptation.Lora;
using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Compute;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation;

/// <summary>An adapter trained on real radiographs goes to other formats and back, and predicts the same.</summary>
public sealed class AdapterTravelTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void RealRadiographs_ExportImportMerge_PredictTheSame()
    {
        (string run, string weights) = FineTune("lora");
        float[] expected = Probabilities(run);
        Assert.True(expected.Max() - expected.Min() > 0.01, "the run tells no images apart");

        AdapterExport.ToPeft(run, _folder["peft"]);
        ImportReport imported = AdapterImport.Run(new ImportRequest(_folder["peft"], _folder["imported"]) { Weights = weights });
        Assert.Equal("lora", imported.Adapter.Method.Name);
        AssertClose(expected, Probabilities(_folder["imported"]));

        foreach (string dialect in AdapterMerge.Dialects)
        {
            string merged = _folder[$"{dialect}.safetensors"];
            MergeReport report = AdapterMerge.Run(run, merged, dialect);
            Assert.InRange(report.ProbabilityDifference, 0, Tolerance);
            AssertClose(expected, Probabilities(merged));
            AssertSameBackbone(run, merged);
        }
    }

    [Theory, InlineData(null), InlineData("dinov2.")]
    public void Dinov2_ExportImportMerge_GiveTheSameLogits(string? huggingFace)
    {
        using var saved = new SavedAdapter(new LoraOptions
        {
            Targets = ["q", "v", "fc1", "fc2"],
        }, Pooling.ClassToken, shape: SavedAdapter.Dinov2Shape);
        float[] expected = SavedAdapter.Logits(saved.Adapter);

        PeftExport.Write(saved.Adapter, saved["peft"], huggingFace is null ? null
            : new HuggingFacePaths(huggingFace, Dinov2: true, SwiGlu: true));
        ImportReport imported = AdapterImport.Run(new ImportRequest(saved["peft"], saved["imported"])
        {
            Weights = saved.Base,
            Heads = SavedAdapter.Shape.Heads,
        });
        Assert.Equal("lora", imported.Adapter.Method.Name);
        AssertClose(expected, SavedAdapter.Logits(imported.File));

        MergeReport merged = AdapterMerge.Run(saved.Adapter, saved["merged.safetensors"]);
        Assert.InRange(merged.LogitDifference, 0, 2e-5);
        AssertClose(expected, SavedAdapter.Logits(merged.File));
    }

    [Fact]
    public void Predict_OtherBase_IsRefusedUnlessForced()
    {
        using var saved = new SavedAdapter();
        Assert.Contains("--force", Assert.Throws<RadaptException>(() => Predictor.Open(saved.Adapter, saved.OtherBase)).Message,
            StringComparison.Ordinal);
        using var forced = Predictor.Open(saved.Adapter, saved.OtherBase, force: true);
        Assert.Contains("not the base weights", forced.OtherBase, StringComparison.Ordinal);
        using var right = Predictor.Open(saved.Adapter);
        Assert.Null(right.OtherBase);
    }

    [Fact]
    public void Import_PaperCheckpointOnOtherBase_IsRefusedUnlessForced()
    {
        using var saved = new SavedAdapter();
        string checkpoint = SaveAsPaper(saved);
        var request = new ImportRequest(checkpoint, saved["imported"]) { Heads = SavedAdapter.Shape.Heads, Alpha = 32 };
        float[] expected = SavedAdapter.Logits(saved.Adapter);
        Assert.Equal(expected, SavedAdapter.Logits(AdapterImport.Run(request).File));
        Assert.Equal(expected, SavedAdapter.Logits(AdapterImport.Run(request with { Weights = saved.Base }).File));
        RadaptException e = Assert.Throws<RadaptException>(() => AdapterImport.Run(request with { Weights = saved.OtherBase }));
        Assert.Contains("--force", e.Message, StringComparison.Ordinal);
        Assert.Contains(AdapterImport.Run(request with
        {
            Weights = saved.OtherBase,
            Force = true,
        }).Notes, n => n.Contains("used anyway", StringComparison.Ordinal));
        Assert.NotEqual(expected, SavedAdapter.Logits(AdapterImport.Run(request with { Alpha = 16 }).File));
    }

    public void Dispose() => _folder.Dispose();

    // What the paper's code saves: base, LoRA, fc_norm and head in one state dict.
    private static string SaveAsPaper(SavedAdapter saved)
    {
        using var scope = NewDisposeScope();
        using CheckpointFile weights = CheckpointFile.Open(saved.Base);
        using CheckpointFile adapter = CheckpointFile.Open(saved.Adapter);
        var tensors = weights.Tensors.ToDictionary(t => t.Name, t => weights.ReadTensor(t.Name));
        foreach (TensorInfo info in adapter.Tensors)
        {
            tensors.Add(info.Name, adapter.ReadTensor(info.Name));
        }

        SafetensorsWriter.Write(saved["paper.safetensors"], tensors);
        return saved["paper.safetensors"];
    }

    private (string Run, string Weights) FineTune(string method)
    {
        string root = Repository.RealData("covid-cxr");
        string splits = Path.Combine(root, "splits", "covid1");
        var shape = new BackboneShape(32, 8, 2, 64, 1);
        string weights = _folder["base.safetensors"];
        using (var encoder = new Classifier(shape, 1, Pooling.ClassToken, 0, ComputePlan.Float32))
        {
            Initialisation.FromScratch(encoder.Encoder, 4);
            SafetensorsWriter.Write(weights, encoder.Encoder.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter));
        }

        using FineTuning run = FineTuning.Prepare([RecipeLayer.FromCommandLine(new Dictionary<string, string>
        {
            ["train"] = Path.Combine(splits, "iscovid_train.txt"),
            ["val"] = Path.Combine(splits, "iscovid_val.txt"),
            ["test"] = Path.Combine(splits, "iscovid_test.txt"),
            ["image-root"] = Path.Combine(root, "images"),
            ["findings"] = "covid",
            ["weights"] = weights,
            ["method"] = method,
            ["epochs"] = "3",
            ["warmup-epochs"] = "0",
            ["batch-size"] = "16",
            ["lr"] = "0.02",
            ["precision"] = "float32",
            ["products"] = "linear",
            ["threads"] = "1",
            ["loader-threads"] = "2",
        })]);
        return (run.Run(_folder["run"]).Folder, weights);
    }

    private static float[] Probabilities(string adapter)
    {
        string root = Repository.RealData("covid-cxr");
        string[] images = [.. Directory.EnumerateFiles(Path.Combine(root, "images")).Order(StringComparer.Ordinal).Take(48)];
        using var predictor = Predictor.Open(adapter, plan: ComputePlan.Float32);
        return [.. predictor.Predict(images).SelectMany(p => p.Probabilities!)];
    }

    private static void AssertSameBackbone(string run, string merged)
    {
        using var scope = NewDisposeScope();
        float[] Tokens(string weights)
        {
            using BackboneWeights source = BackboneWeights.Open(weights);
            using var classifier = new Classifier(source.Shape!, 1, Pooling.Mean, 0, ComputePlan.Float32);
            source.LoadInto(classifier.Encoder);
            return classifier.Encoder.Forward(AdapterMerge.GeneratedImages(32), ForwardPass.Evaluation).data<float>().ToArray();
        }

        AssertClose(Tokens(run), Tokens(merged));
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), 0, Tolerance);
    }
}
