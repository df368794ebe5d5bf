using Radapt.Checkpoints;
using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Where a run is, and where its recipe finds data and weights. Both may be moved while a run waits to be resumed.</summary>
internal static class RunPlaces
{
    /// <summary>
    /// Makes sure, before anything is read that takes long, that a run may begin or go on: its folder, the key that hides names, and to
    /// resume also data and weights.
    /// </summary>
    /// <param name="layers">What was given; the first beats the second.</param>
    /// <param name="folder">The run folder, or that of a cross-validation; null: it is not named yet.</param>
    /// <param name="resume">Go on with the run in the folder.</param>
    /// <exception cref="RadaptException">It may not; the message says what to do.</exception>
    public static void Require(IReadOnlyList<RecipeLayer> layers, string? folder, bool resume)
    {
        if (folder is not null)
        {
            new RunFolder(folder).RequireUsable(resume);
        }

        var given = PartialRecipe.Merge(layers);
        if (resume)
        {
            RequireThere(given, folder!);
        }

        NameKey.RequireUsable(given.Data);
    }

    /// <summary>Makes sure that data and weights of a run to resume are where its recipe, or who resumes it, says.</summary>
    /// <param name="recipe">The run's recipe with the options given on resume.</param>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="RadaptException">Something is not there; the message says how to give its new place.</exception>
    private static void RequireThere(PartialRecipe recipe, string folder)
    {
        DataOptions data = recipe.Data;
        (string Option, string? Path)[] places =
        [
            ("data", data.Data is { } source ? PublishedSource.PathOf(source) : null), ("train", data.Train), ("val", data.Val),
            ("test", data.Test), ("image-root", data.ImageRoot),
            ("weights", recipe.Value((ModelOptions m) => m.FromScratch) ? null : recipe.Value((ModelOptions m) => m.Weights)),
        ];
        (string Option, string? Path)[] gone = [.. places.Where(p => p.Path is not null && !ShippedWeights.Exists(p.Path))];
        if (gone.Length > 0)
        {
            throw new RadaptException(
                $"{folder}: {string.Join(" and ", gone.Select(g => $"--{g.Option} {g.Path}"))} {(gone.Length == 1 ? "is" : "are")} no longer "
                + "there. If it was moved, give its new path: radapt finetune --resume --out "
                + $"{folder} {string.Join(' ', gone.Select(g => $"--{g.Option} NEW"))}. Images and labels must be the same.");
        }
    }
}
