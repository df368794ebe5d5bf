using Radapt.Options;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Training;

/// <summary>The part of a run's identity that its recipe decides.</summary>
internal static class RecipeIdentity
{
    /// <summary>The identity of a run.</summary>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="dataFingerprint">Fingerprint of its data.</param>
    /// <param name="baseHash">Hash of its base weights.</param>
    public static RunIdentity Create(IRecipe recipe, string dataFingerprint, string baseHash) =>
        new() { Data = dataFingerprint, BaseWeights = baseHash, Options = OptionsOf(recipe) };

    /// <summary>Refuses a recipe that is not the one in the run's folder, where that states one.</summary>
    /// <exception cref="RadaptException">An option differs; the message names it.</exception>
    public static void RequireSame(RunFolder run, IRecipe now)
    {
        Dictionary<string, string> stated = PartialRecipe.Merge([RecipeFile.Read(run.RecipeFile, now.Catalogue)]).Entries
            .Where(e => IsFixed(e.Option)).ToDictionary(e => e.Option.Name, e => e.Text);
        RunIdentity.RequireSameOptions(stated, OptionsOf(now), run.Path);
    }

    private static bool IsFixed(OptionDeclaration option) => option.Property is not null && !option.MayChangeOnResume;

    private static Dictionary<string, string> OptionsOf(IRecipe recipe) => recipe.Catalogue.All
        .Where(o => IsFixed(o) && recipe.SectionFor(o) is not null)
        .ToDictionary(o => o.Name, o => o.Format(recipe.Read(o)));
}
