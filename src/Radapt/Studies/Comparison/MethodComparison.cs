using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Inference;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Studies.Comparison;

/// <summary>
/// The runs of a comparison as jobs. A run that an earlier session finished is not done again; one that it began goes on.
/// </summary>
/// <param name="plan">What is compared.</param>
internal sealed class MethodComparison(ComparisonPlan plan)
{
    // Forward passes that training on an image costs, about; the time of a run's files, in such passes.
    private const double PassesOfTraining = 3, PassesOfARun = 150;

    /// <summary>The jobs of all runs.</summary>
    /// <param name="weights">The job that makes the weights of those methods that start from some.</param>
    /// <param name="images">Images for training, validation and test: what the cost is estimated by.</param>
    public IReadOnlyList<Job> Jobs(Job weights, (int Train, int Val, int Test) images) =>
    [
        .. plan.Runs.Select(run => new Job(run.Title, Cost(run, images), stop => Do(run, stop), run.Method.Weights is null ? null : weights)
        {
            IsDone = run.IsComplete,
        }),
    ];

    private static double Cost(ComparedRun run, (int Train, int Val, int Test) images)
    {
        double train = (run.Fraction.Labels.Share ?? 1) * images.Train;
        return run.Method.IsRidge ? train + images.Test
            : PassesOfARun + images.Val + images.Test
                + (PassesOfTraining * train * int.Parse(run.Fraction.Options["epochs"], System.Globalization.CultureInfo.InvariantCulture));
    }

    private void Do(ComparedRun run, CancellationToken stop)
    {
        if (run.Method.IsRidge)
        {
            Probe(run, stop);
            return;
        }

        var folder = new RunFolder(run.Folder);
        bool resume = folder.IsUnfinished && File.Exists(folder.RecipeFile);
        using var fineTuning = FineTuning.Prepare([plan.LayerOf(run)]);
        fineTuning.Run(run.Folder, resume, cancellation: stop);
    }

    // The images of the label fraction are those that fine-tuning has with the same seed.
    private void Probe(ComparedRun run, CancellationToken stop)
    {
        var given = PartialRecipe.Merge([plan.LayerOf(run)]);
        DataSplits data = DataReader.Read(given.Data);
        using var scope = NewDisposeScope();
        using BackboneWeights? weights = run.Method.Weights is { } path ? BackboneWeights.Open(path) : null;
        ResolvedRecipe resolved = RecipeResolver.Resolve(given, RunFacts.Gather(given, data, weights, codecs: null));
        Recipe recipe = resolved.Recipe;
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
            [.. data.Train.Items.Select(i => i.Patient ?? i.Path)], FrozenFeatures.Mean(encoder, Batches(data.Test!), stop));
        Directory.CreateDirectory(run.Folder);
        PredictionTable.Write(new RunFolder(run.Folder).PredictionsFile,
            new LabelledScores(data.Test!.Findings, [.. data.Test.Items.Select(i => i.Name)], data.Test.FlatLabels(), scores));

        ImageBatches Batches(LabelledImages images) => new(images, recipe.Pixels.Preprocessing(recipe.Model.ImageSize),
            recipe.Optimisation.BatchSize, recipe.Compute.LoaderThreads, cacheBytes: 0);
    }
}
