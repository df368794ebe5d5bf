using Radapt.Datasets;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>The data section of a recipe.</summary>
internal static class RunData
{
    public static DataOptions Options(Recipe recipe) => new()
    {
        Data = recipe.Data,
        Train = recipe.Train,
        Val = recipe.Val,
        Test = recipe.Test,
        ImageRoot = recipe.ImageRoot,
        Sheet = recipe.Sheet,
        ImageColumn = recipe.ImageColumn,
        Match = recipe.Match,
        PatientColumn = recipe.PatientColumn,
        DateColumn = recipe.DateColumn,
        Patients = recipe.Patients,
        Values = recipe.Values,
        TextFindings = recipe.TextFindings,
        Views = recipe.Views,
        StudyLabels = recipe.StudyLabels,
        SplitShares = recipe.SplitShares,
        Folds = recipe.Folds,
        Fold = recipe.Fold,
        Findings = recipe.Findings,
        ClassColumn = recipe.ClassColumn,
        ClassLabels = recipe.ClassLabels,
        KeepClasses = recipe.KeepClasses,
        SplitName = recipe.SplitName,
        SplitSeed = recipe.SplitSeed,
        Uncertainty = recipe.Uncertainty,
        LabelFraction = recipe.LabelFraction,
        AllowOverlap = recipe.AllowOverlap,
        AllowRareFindings = recipe.AllowRareFindings,
        AllowMissingImages = recipe.AllowMissingImages,
        PlainNames = recipe.PlainNames,
        Seed = recipe.Seed,
    };

    /// <summary>How images of a run are named in its folder.</summary>
    /// <exception cref="RadaptException">The key cannot be read or made.</exception>
    public static NameKey Names(Recipe recipe, DataSplits data) => NameKey.For(Options(recipe), data, recipe.Key);
}
