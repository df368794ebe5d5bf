using Radapt.Adaptation.Files;
using Radapt.Datasets;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Studies.Soup;

/// <summary>A complete run that may go into a soup.</summary>
/// <param name="Run">The run folder, as it was named.</param>
/// <param name="Adapter">What its adapter says about itself.</param>
/// <param name="Options">Where its data is.</param>
/// <param name="Data">Its images.</param>
internal sealed record SoupIngredient(string Run, AdapterDescription Adapter, DataOptions Options, DataSplits Data)
{
    /// <summary>Its adapter file.</summary>
    public string AdapterFile => new RunFolder(Run).AdapterFile;

    /// <summary>Reads a run folder, and the data that its recipe names.</summary>
    /// <exception cref="RadaptException">It is not a complete run, it is damaged, or its data is gone or has changed.</exception>
    public static SoupIngredient Read(string run)
    {
        var folder = new RunFolder(run);
        if (FoldedRuns.Is(run))
        {
            throw new RadaptException(
                $"{run}: this is a cross-validation, whose folds have other validation images each, so no image could choose among them. "
                    + "Give runs of one split; radapt predict takes the mean of the folds.");
        }

        if (!File.Exists(folder.RecipeFile) || !RunRecord.IsComplete(run))
        {
            throw new RadaptException(
                $"{run}: this is not the folder of a complete run. Give folders of radapt finetune, which say what the validation images are.");
        }

        AdapterDescription adapter = Adaptation.Files.AdapterFile.RequireSound(folder.AdapterFile);
        DataOptions options = PartialRecipe.Merge([RecipeFile.Read(folder.RecipeFile)]).Data with { AllowRareFindings = true };
        DataSplits data = DataReader.Read(options);
        DrawnSplitTable.RequireSame(run, data);
        return data.Val.Items.Count > 0 ? new SoupIngredient(run, adapter, options, data)
            : throw new RadaptException($"{run}: has no validation images, and these choose what goes into a soup.");
    }

    /// <summary>
    /// Makes sure that runs can be averaged, and that the first run's validation images can choose among them: they are those of every
    /// run, and no run has learned from them or from other images of their patients.
    /// </summary>
    /// <exception cref="RadaptException">A run does not fit; the message says which and why.</exception>
    public static void RequireFit(IReadOnlyList<SoupIngredient> runs)
    {
        if (runs.GroupBy(r => Path.GetFullPath(r.Run)).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new RadaptException($"{twice.First().Run}: is named twice; name each run only once.");
        }

        SoupIngredient first = runs[0];
        string images = DataFingerprint.Sets([first.Data.Val]);
        foreach (SoupIngredient run in runs)
        {
            if (AdapterAverage.Refusal(first.Adapter, run.Adapter) is { } refusal)
            {
                throw new RadaptException($"{run.Run}: {refusal}. A soup is the mean of runs that started alike; leave this run out.");
            }

            if (DataFingerprint.Sets([run.Data.Val]) != images)
            {
                throw new RadaptException(
                    $"{run.Run}: its validation images are not those of {first.Run}. Give runs with the same split: from a table with a "
                        + "column split, or with the same --split-seed.");
            }

            if (run.CountLearned() is var learned and > 0)
            {
                throw new RadaptException(
                    $"{run.Run}: has learned from {Plural.Count(learned, "validation image")}, or from images of the same patients, so these "
                        + "images cannot choose. Leave this run out.");
            }
        }

        if (first.Adapter.Method.Definition.Problem(MethodOfAll(runs), first.Adapter.Backbone) is { } problem)
        {
            throw new RadaptException($"The mean of {runs.Count} runs of LoRA has {runs.Count} times their rank: {problem.Text} Give fewer runs.");
        }
    }

    // As if every run were taken.
    private static Adaptation.MethodOptions MethodOfAll(IReadOnlyList<SoupIngredient> runs) =>
        runs[0].Adapter.Method.Definition.MeanOptions(runs[0].Adapter.Method, runs.Count);

    // Validation images that the run learned from: the file, a copy of it, or another image of the patient.
    private int CountLearned()
    {
        var patients = Data.Train.Items.Select(i => i.Patient).OfType<string>().ToHashSet(StringComparer.Ordinal);
        SeenImages? seen = RunSeenImages.Read(Run);
        return Data.Val.Items.AsParallel().Count(i =>
            (i.Patient is { } patient && patients.Contains(patient)) || seen?.PartOf(i) == Split.Names[0]);
    }
}
