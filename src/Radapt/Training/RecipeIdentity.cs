using Radapt.Runs;
using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>The part of a run's identity that its recipe decides.</summary>
internal static class RecipeIdentity
{
    /// <summary>The identity of a run.</summary>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="dataFingerprint">Fingerprint of its data.</param>
    /// <param name="baseHash">Hash of its base weights.</param>
    public static RunIdentity Create(Recipe recipe, string dataFingerprint, string baseHash) =>
        new() { Data = dataFingerprint, BaseWeights = baseHash, Options = OptionsOf(recipe) };

    /// <summary>Refuses a recipe that is not the one in the run's folder, where that states one.</summary>
    /// <exception cref="RadaptException">An option differs; the message names it.</exception>
    public static void RequireSame(RunFolder run, Recipe now)
    {
        RecipeLayer began = RecipeFile.Read(run.RecipeFile);
        Dictionary<string, string> stated = OptionsOf(RecipeResolver.Partial([began])).Where(o => began.Find(o.Key) is not null)
            .ToDictionary();
        RunIdentity.RequireSameOptions(stated, OptionsOf(now), run.Path);
    }

    private static Dictionary<string, string> OptionsOf(Recipe recipe) => RecipeOptions.All
        .Where(o => o.Get is not null && !FineTuning.GivenAnewOnResume.Contains(o.Name))
        .ToDictionary(o => o.Name, o => RecipeOption.Format(o.Get!(recipe) ?? ""));
}
