using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Studies.Work;

/// <summary>
/// Ridge regression on the output of a frozen backbone, as a run folder with predictions. Its labelled images are those that fine-tuning
/// has with the same seed.
/// </summary>
internal static class RidgeRun
{
    /// <summary>Computes it and writes the predictions of the test images.</summary>
    /// <param name="layers">The recipe: which images and weights it has.</param>
    /// <param name="folder">The run folder.</param>
    /// <param name="codecs">Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</param>
    /// <param name="useThreads">Sets the threads of the tensor kernels.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="RadaptException">Images or weights cannot be read, or there are no test images.</exception>
    public static void Do(
        IReadOnlyList<RecipeLayer> layers, string folder, CodecProcess? codecs, Action<int>? useThreads, CancellationToken stop)
    {
        var given = PartialRecipe.Merge(layers);
        DataSplits data = DataReader.Read(given.Data);
        LabelledImages test = data.Test ?? throw new RadaptException("ridge: the data has no test images.");
        using var scope = NewDisposeScope();
        string? path = given.Value((ModelOptions m) => m.FromScratch) ? null : given.Value((ModelOptions m) => m.Weights);
        using BackboneWeights? weights = path is null ? null : BackboneWeights.Open(path);
        Recipe recipe = RecipeResolver.Resolve(given, RunFacts.Gather(given, data, weights, codecs)).Recipe;
        useThreads?.Invoke(recipe.Compute.Threads);
        using var encoder = new VisionTransformer(recipe.Model.Shape, dropPath: 0, withNorm: true, new Kernels(recipe.Compute.Plan));
        if (weights is null)
        {
            Initialisation.FromScratch(encoder, recipe.Seed);
        }
        else
        {
            weights.LoadInto(encoder);
        }

        float[] scores = RidgeProbe.Score(
            FrozenFeatures.Mean(encoder, Batches(data.Train), stop), data.Train.FlatLabels(),
            [.. data.Train.Items.Select(i => i.Patient ?? i.Path)], FrozenFeatures.Mean(encoder, Batches(test), stop));
        var run = new RunFolder(folder);
        Directory.CreateDirectory(run.Path);
        NameKey names = NameKey.For(recipe.Data, data);
        PredictionTable.Write(run.PredictionsFile,
            new LabelledScores(test.Findings, [.. test.Items.Select(i => names.Name(i.Name))], test.FlatLabels(), scores));

        ImageBatches Batches(LabelledImages images) => new(images, recipe.Pixels.Preprocessing(recipe.Model.ImageSize),
            recipe.Optimisation.BatchSize, recipe.Compute.LoaderThreads, cacheBytes: 0);
    }
}
