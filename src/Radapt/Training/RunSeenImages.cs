using System.Globalization;
using Radapt.Datasets;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Finds what a run has seen.</summary>
internal static class RunSeenImages
{
    /// <summary>Counts the images that runs have seen, whose figures are too good, or leaves them out.</summary>
    /// <param name="runs">Run folders or adapter files.</param>
    /// <param name="images">The images.</param>
    /// <param name="leaveOut">Leave out what one of the runs has seen, since nobody asked for it.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <returns>The images that are left, and how many of them are seen; null: nothing tells it.</returns>
    /// <exception cref="RadaptException">No image is left.</exception>
    public static (LabelledImages Images, SeenCounts? Seen) Look(
        IReadOnlyList<string> runs, LabelledImages images, bool leaveOut, ICollection<string> notes)
    {
        var seen = new List<SeenImages>();
        foreach (string run in runs)
        {
            if (Read(run) is not { } known)
            {
                notes.Add("it is not known which of these images the run was trained on: figures for such images are too good.");
                return (images, null);
            }

            seen.Add(known);
        }

        var counts = SeenCounts.Count(seen, images.Items);
        if (!leaveOut || counts.Training + counts.Validation == 0)
        {
            return (images, counts);
        }

        string training = counts.Training.ToString("N0", CultureInfo.InvariantCulture);
        string validation = counts.Validation.ToString("N0", CultureInfo.InvariantCulture);
        if (counts.New == 0)
        {
            throw new RadaptException(
                $"the run has seen all of these images ({training} in training, {validation} in validation): their figures would say nothing "
                    + "about new images. Give images that the run has not seen.");
        }

        notes.Add($"{training} images that the run was trained on, and {validation} that chose its epoch, are left out.");
        LabelledImage[] left = [.. images.Items.Where(i => SeenCounts.PartOf(seen, i) is null)];
        return (images with { Items = left }, new SeenCounts(0, 0, left.Length));
    }

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
        DataOptions options = PartialRecipe.Merge(layers).Data;
        if (SeenImages.Read(folder.SeenFile, () => NameKey.TryRead(options)) is { } seen)
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
