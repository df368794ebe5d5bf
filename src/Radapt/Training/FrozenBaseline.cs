using Radapt.Adaptation;
using Radapt.Adaptation.Probes;
using Radapt.Batching;
using Radapt.Datasets;
using Radapt.Evaluation;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Runs;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>
/// Measures what <c>--method ridge</c> would reach with the same images, weights and pixels, before a fine-tuning starts. It has a backbone
/// of its own, since it may read another output of it, and the run's has adapters.
/// </summary>
internal static class FrozenBaseline
{
    /// <summary>The method.</summary>
    public const string Method = "ridge";

    /// <summary>The recipe of the baseline.</summary>
    /// <param name="layers">What was given for the run; the first beats the second.</param>
    /// <param name="facts">What weights, data and machine tell.</param>
    public static Recipe Resolve(IReadOnlyList<RecipeLayer> layers, RecipeFacts facts) => RecipeResolver.Resolve(
        [RecipeLayer.From([KeyValuePair.Create("method", Method)], "the baseline"), .. layers], facts).Recipe;

    /// <summary>Fits and scores it.</summary>
    /// <param name="recipe">From <see cref="Resolve"/>.</param>
    /// <param name="images">The run's images.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RadaptException">An image or the weights cannot be read.</exception>
    public static RunBaseline Measure(
        Recipe recipe, RunImages images, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var classifier = new Classifier(
            recipe.Model.Shape, images.Data.Train.Findings.Count, recipe.Model.Pooling, dropPath: 0, recipe.Compute.Plan);
        Load(classifier, recipe);
        var clock = new ProgressClock(progress, recipe.ForTraining());
        var state = new TrainerState();
        ImageBatches?[] parts = [images.Train, images.Val.Images.Items.Count > 0 ? images.Val : null, images.Test];
        clock.Start(TrainingPhase.Baseline, state, parts.Sum(p => p?.EvaluationBatches ?? 0), 0);
        (int batches, int done) = (0, 0);
        Tensor?[] features = [.. parts.Select(part =>
        {
            if (part is null)
            {
                return null;
            }

            (int before, int imagesBefore) = (batches, done);
            return FrozenFeatures.Pooled(classifier, part, Report, cancellation);

            void Report(int passed, int scored)
            {
                (batches, done) = (before + passed, imagesBefore + scored);
                clock.Report(state, batches, done);
            }
        })];
        HeadProbe probe = recipe.Method.Definition.Probe!;
        ProbeFit fit = probe.Fit(HeadFitting.Data(features[0]!, images.Train.Images), cancellation);
        return new RunBaseline
        {
            Method = recipe.Method.Name,
            Probe = RunProbe.From(probe.Setting, images.Train.Images, fit),
            Val = Figures(parts[1], features[1], fit),
            Test = Figures(parts[2], features[2], fit),
        };
    }

    private static void Load(Classifier classifier, Recipe recipe)
    {
        if (recipe.Model.FromScratch)
        {
            Initialisation.FromScratch(classifier.Encoder, recipe.Seed);
        }
        else
        {
            using BackboneWeights weights = BackboneWeights.Open(recipe.Model.Weights!, recipe.Model.Dialect, recipe.Model.Copy);
            weights.LoadInto(classifier.Encoder);
        }

        FrozenWeights.Hold(classifier.Encoder, recipe.Compute.Plan);
    }

    private static RunFigures? Figures(ImageBatches? part, Tensor? features, ProbeFit fit)
    {
        if (part is null || features is null)
        {
            return null;
        }

        LabelledImages images = part.Images;
        float[] logits = fit.Logits(features);
        var scored = new ScoredImages(images, logits, MultiLabelMetrics.Compute(images.Findings, images.FlatLabels(), logits));
        return RunStatistics.Compute(LabelledScores.From(scored, n => n)).ToFigures();
    }
}
