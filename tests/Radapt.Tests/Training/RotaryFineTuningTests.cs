using System.Globalization;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Checkpoints;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Models.Published;
using Radapt.Recipes;
using Radapt.Tests.Models.Published;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>Small DINOv3 and EVA-X models in their publishers' names learn, and say the same when they are read back.</summary>
public sealed class RotaryFineTuningTests(TinyRuns tiny) : IClassFixture<TinyRuns>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("dinov3-small", "lora", Pooling.ClassToken)]
    [InlineData("dinov3-small-plus", "full", Pooling.ClassToken)]
    [InlineData("eva-x-small", "lora", Pooling.Mean)]
    [InlineData("eva-x-base", "lora --recompute true", Pooling.Mean)]
    public void Run_PublishersFile_PredictsTheSameReadBack(string name, string method, Pooling pooling)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder["weights.safetensors"], PublisherFile.Tensors(PublishedWeights.Find(name)));
        string[] words = $"--method {method}".Split(' ');
        var options = new Dictionary<string, string>
        {
            ["data"] = tiny.Data,
            ["weights"] = _folder["weights.safetensors"],
            ["image-size"] = "64", // another grid than the file's
            ["allow-rare-findings"] = "true",
            ["epochs"] = "1",
            ["threads"] = "1",
            ["loader-threads"] = "1",
            ["products"] = "linear",
            ["precision"] = "float32",
        };
        for (int i = 0; i < words.Length; i += 2)
        {
            options[words[i][2..]] = words[i + 1];
        }

        using FineTuning fineTuning = FineTuning.Prepare([RecipeLayer.FromCommandLine(options)]);
        Assert.Equal(pooling, fineTuning.Recipe.Model.Pooling);
        Assert.NotEqual(PatchPositions.Learned, fineTuning.Recipe.Model.Positions);
        RunSummary summary = fineTuning.Run(_folder["run"], cancellation: TestContext.Current.CancellationToken);
        Assert.All(summary.History, epoch => Assert.True(double.IsFinite(epoch.TrainLoss)));

        float[] saved = [.. File.ReadLines(Path.Combine(summary.Folder, "predictions.csv")).Skip(1)
            .Select(l => float.Parse(l.Split(',')[1], CultureInfo.InvariantCulture))];
        using Predictor predictor = Predictor.Open(summary.Folder);
        var images = new ImageBatches(fineTuning.Data.Test!, fineTuning.Preprocessing, 8, 1, cacheBytes: 0);
        int findings = predictor.Findings.Count;
        float[] read = [.. predictor.Score(images, null, TestContext.Current.CancellationToken).Probabilities
            .Where((_, i) => i % findings == 0)];
        Assert.Equal(saved.Length, read.Length);
        Assert.InRange(saved.Zip(read, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
        Assert.True(saved.Distinct().Count() > 1);

        Assert.Contains("positions: ", File.ReadAllText(Path.Combine(summary.Folder, "recipe.yaml")), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
