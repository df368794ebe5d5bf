using System.Globalization;
using Radapt.Recipes;
using Radapt.Training;

namespace Radapt.Studies.Planning;

/// <summary>How much work a run is, as far as its recipe and its data tell it.</summary>
/// <param name="Shape">Runs with the same text take the same time and memory for a batch.</param>
/// <param name="Backbone">The backbone in words.</param>
/// <param name="Epochs">Epochs.</param>
/// <param name="Updates">Updates of the weights.</param>
/// <param name="Batches">Training, validations and test, in training batches.</param>
/// <param name="Images">Images for training, for validation and for the test.</param>
/// <param name="CacheBytes">Memory for decoded images, at most.</param>
/// <param name="Reading">Time to read labels and weights and to build the model: before training, and again before the test.</param>
internal sealed record CellWork(string Shape, string Backbone, int Epochs, long Updates, double Batches,
    (int Train, int Val, int Test) Images, long CacheBytes, TimeSpan Reading)
{
    /// <summary>The work of a run that is prepared.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reading">Time that preparing it took.</param>
    public static CellWork From(FineTuning run, TimeSpan reading)
    {
        Recipe recipe = run.Recipe;
        int test = run.Data.Test?.Items.Count ?? 0;
        long pixels = (long)recipe.Pixels.Resize * recipe.Pixels.Resize; // about, since files may be larger
        long cache = new[] { run.Data.Train.Items.Count, run.Data.Val.Items.Count }
            .Sum(n => Math.Min(Batching.ImageBatches.DefaultCacheBytes, n * pixels));
        return new CellWork(ShapeOf(run), Words(recipe.Model), recipe.Optimisation.Epochs, run.Cost.PlannedUpdates, run.Cost.Batches,
            (run.Data.Train.Items.Count, run.Data.Val.Items.Count, test), cache, reading);
    }

    private static string ShapeOf(FineTuning run)
    {
        Recipe recipe = run.Recipe;
        IEnumerable<string> method = recipe.Method.Definition.Options
            .Select(o => $"{o.Name} {o.Format(((IRecipe)recipe).Read(o))}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{recipe.Model.Shape}; {recipe.Model.Pooling}; drop-path {recipe.Model.DropPath > 0}; "
            + $"{recipe.Method.Name} {string.Join(' ', method)}; {recipe.Optimisation.Optimizer}; {run.Cost.ImagesOfABatch} images of "
            + $"{run.Data.Train.Findings.Count}; {recipe.Compute.Plan}; recompute {recipe.Compute.Recompute}");
    }

    private static string Words(ModelOptions model) => model.Backbone != "custom" ? model.Backbone
        : string.Create(CultureInfo.InvariantCulture, $"ViT, {model.Depth} blocks of {model.Width}, {model.ImageSize} px");
}
