using Radapt.Datasets;
using Radapt.Datasets.Published;
using Radapt.Datasets.Splits;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>Finds the labelled images that a run is evaluated on.</summary>
internal static class EvaluationImages
{
    /// <summary>The images that a run kept for validation or test, by its own recipe.</summary>
    /// <param name="recipe">The run's recipe, below whatever overrides it, such as another image root.</param>
    /// <param name="split"><c>val</c> or <c>test</c>.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="folder">The run folder: a split that was drawn for it must still be the same; null: not looked at.</param>
    /// <param name="group">Column whose values are wanted for subgroups; null: none.</param>
    /// <exception cref="RadaptException">The data is missing or malformed, changed since its split was drawn, or the run has no test
    /// images.</exception>
    public static LabelledImages FromRun(
        IReadOnlyList<RecipeLayer> recipe, string split, ICollection<string> notes, string? folder = null, string? group = null)
    {
        ArgumentNullException.ThrowIfNull(notes);
        // Training images are not used: neither their number nor their findings' is a matter here.
        DataOptions options = PartialRecipe.Merge(recipe).Data with { AllowRareFindings = true, GroupColumn = group };
        if (PublishedSource.Parse(options.Data) is null) // else the fraction may be the only training list that there is
        {
            options = options with { LabelFraction = LabelFraction.All };
        }

        DataSplits data = DataReader.Read(options);
        if (folder is not null)
        {
            DrawnSplitTable.RequireSame(folder, data);
        }

        string? small = data.Test is null ? null : TestPrecision.Note(data.Test); // said of what is scored, and after its figures
        foreach (string note in data.Notes.Where(n => n != small))
        {
            notes.Add(note);
        }

        return split == "val" ? data.Val
            : data.Test
            ?? throw new RadaptException("The run has no test images: give --data or --test, or --split val for its validation images.");
    }

    /// <summary>The images of another table or list, labelled for the findings of a run.</summary>
    /// <param name="source">A label table, its folder, a data set as published (<c>nih:DIR</c>), or a split list.</param>
    /// <param name="given">The data section: image root, findings, class numbers.</param>
    /// <param name="findings">The run's findings, used where <paramref name="given"/> names none.</param>
    /// <param name="split"><c>train</c>, <c>val</c>, <c>test</c>; null: every row.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="allWithoutSplits">Every row of a table that has no splits.</param>
    /// <param name="group">Column whose values are wanted for subgroups; null: none.</param>
    /// <exception cref="RadaptException">The data is missing or malformed.</exception>
    public static LabelledImages FromSource(
        string source, RecipeLayer given, IReadOnlyList<string> findings, string? split, ICollection<string> notes,
        bool allWithoutSplits = false, string? group = null)
    {
        DataOptions options = PartialRecipe.Merge([given]).Data with { GroupColumn = group };
        return DataReader.ReadOne(
            source, options.Findings.Count > 0 ? options : options with { Findings = findings }, split, notes, allWithoutSplits);
    }
}
