using Radapt.Checkpoints;
using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Recipes;
using Radapt.Studies.Design;

namespace Radapt.Studies.Work;

/// <summary>Data and weights of a study that are not where they should be.</summary>
internal static class MissingPlaces
{
    /// <summary>Makes sure that everything is there that cells need, before the first of them begins.</summary>
    /// <exception cref="RadaptException">Something is not; the message says what, and how many cells need it.</exception>
    public static void Require(IReadOnlyList<StudyCell> cells)
    {
        (string Option, string Path)[] missing = [.. cells.SelectMany(Find)];
        if (missing.Length > 0)
        {
            (string option, string path) = missing[0];
            int needing = missing.Count(m => m == (option, path));
            int others = missing.Distinct().Count() - 1;
            throw new RadaptException($"{option} {path} is not there, which {Plural.Count(needing, "cell needs", "cells need")}"
                + $"{(others == 0 ? "" : $" (and {Plural.Count(others, "other file or folder", "other files or folders")})")}. "
                + "Give the folders with --data-root and --weights-root, or do the other cells with --only.");
        }
    }

    /// <summary>What a cell needs and is not there.</summary>
    public static IEnumerable<(string Option, string Path)> Find(StudyCell cell)
    {
        DataOptions data = cell.Given.Data;
        string? weights = cell.Given.Value((ModelOptions m) => m.FromScratch) ? null : cell.Given.Value((ModelOptions m) => m.Weights);
        (string Option, string? Path)[] places =
        [
            ("data", data.Data is { } source ? PublishedSource.PathOf(source) : null), ("train", data.Train), ("val", data.Val),
            ("test", data.Test), ("image-root", data.ImageRoot), ("weights", weights),
        ];
        return places.Where(p => p.Path is not null && !ShippedWeights.Exists(p.Path)).Select(p => (p.Option, p.Path!));
    }
}
