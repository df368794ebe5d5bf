using Radapt.Datasets;
using Radapt.Imaging.Dicom;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Reporting;

/// <summary>The images that a run's figures come from, found again in its data.</summary>
internal static class TestedImages
{
    /// <summary>The images that one run scored, by the names that its predictions give them.</summary>
    /// <param name="run">The run, or the cross-validation that it is a fold of.</param>
    /// <param name="folder">Its own folder.</param>
    /// <param name="group">Column or DICOM attribute whose values <see cref="LabelledImage.Group"/> receives; null: none.</param>
    /// <exception cref="RadaptException">The data or its key is not there any more, or changed.</exception>
    public static (LabelledImages Images, IReadOnlyDictionary<string, LabelledImage> ByName) Find(
        ReportedRun run, string folder, string? group = null)
    {
        RecipeLayer recipe = RecipeFile.Read(new RunFolder(folder).RecipeFile);
        LabelledImages images = EvaluationImages.FromRun([recipe], run.HasNoTest ? "val" : "test", [], folder, group);
        var known = new HashSet<string>(run.Scores.Images, StringComparer.Ordinal);
        NameKey names = images.Items.Any(i => known.Contains(i.Name)) ? NameKey.None
            : NameKey.TryRead(PartialRecipe.Merge([recipe]).Data) ?? throw new RadaptException(
                $"{folder}: its images are named by codes, and the key is not beside the data any more, so they cannot be found. "
                    + "Restore .radapt-key, or leave --images and --subgroup out.");
        return (images, images.Items.DistinctBy(i => i.Name).Select(i => (Name: names.Name(i.Name), Image: i))
            .Where(i => known.Contains(i.Name)).ToDictionary(i => i.Name, i => WithAttribute(i.Image, group)));
    }

    private static LabelledImage WithAttribute(LabelledImage image, string? group) =>
        group is null || image.Group is not null || !DicomAttribute.IsKnown(group) ? image
        : image with { Group = DicomAttribute.Read(image.Path, group) };
}
