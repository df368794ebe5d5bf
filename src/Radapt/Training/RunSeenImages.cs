using Radapt.Datasets;
using Radapt.Runs;
using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>Finds what a run has seen.</summary>
internal static class RunSeenImages
{
    /// <summary>What a run has seen, by its own table, else by its own data where that is still there and the same.</summary>
    /// <param name="run">Run folder or adapter file.</param>
    /// <returns>Null: nothing tells it.</returns>
    public static SeenImages? Read(string run)
    {
        var folder = new RunFolder(run);
        if (!File.Exists(folder.RecipeFile))
        {
            return null;
        }

        RecipeLayer[] layers = [RecipeFile.Read(folder.RecipeFile)];
        Recipe recipe = RecipeResolver.Partial(layers);
        DataOptions options = RunData.Options(recipe);
        if (SeenImages.Read(folder.SeenFile, () => NameKey.TryRead(options, recipe.Key)) is { } seen)
        {
            return seen;
        }

        try
        {
            DataSplits data = DataReader.Read(options with { AllowRareFindings = true });
            DrawnSplitTable.RequireSame(run, data);
            return SeenImages.From(data);
        }
        catch (RadaptException)
        {
            return null;
        }
    }
}
