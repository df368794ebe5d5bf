using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Recipes;

namespace Radapt.Training;

/// <summary>Where a recipe finds data and weights. Both may be moved while a run waits to be resumed.</summary>
internal static class RunPlaces
{
    /// <summary>Makes sure that data and weights of a run to resume are where its recipe, or who resumes it, says.</summary>
    /// <param name="recipe">The run's recipe with what was given anew.</param>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="RadaptException">Something is not there; the message says how to give its new place.</exception>
    public static void RequireThere(PartialRecipe recipe, string folder)
    {
        DataOptions data = recipe.Data;
        (string Option, string? Path)[] places =
        [
            ("data", data.Data is { } source ? PublishedSource.PathOf(source) : null), ("train", data.Train), ("val", data.Val),
            ("test", data.Test), ("image-root", data.ImageRoot),
            ("weights", recipe.Value((ModelOptions m) => m.FromScratch) ? null : recipe.Value((ModelOptions m) => m.Weights)),
        ];
        (string Option, string? Path)[] gone = [.. places.Where(p => p.Path is not null && !Path.Exists(p.Path))];
        if (gone.Length > 0)
        {
            throw new RadaptException(
                $"{folder}: {string.Join(" and ", gone.Select(g => $"--{g.Option} {g.Path}"))} {(gone.Length == 1 ? "is" : "are")} not there "
                + "any more. If it was moved, give its new place: radapt finetune --resume --out "
                + $"{folder} {string.Join(' ', gone.Select(g => $"--{g.Option} NEW"))}. Images and labels must be the same.");
        }
    }
}
