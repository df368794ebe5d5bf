using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>Everything that decides a run's result: what must be the same when it is resumed. Saved with its state.</summary>
internal sealed record RunIdentity
{
    /// <summary>Fingerprint of the data; see <see cref="RunData.Fingerprint(Radapt.Datasets.DataSplits)"/>.</summary>
    public required string Data { get; init; }

    /// <summary>Hash of the base weights' tensors; <c>scratch:SEED</c> for random ones.</summary>
    public required string BaseWeights { get; init; }

    /// <summary>The recipe's options by name, without those that may be given anew on resume.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The identity of a run.</summary>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="dataFingerprint">Fingerprint of its data.</param>
    /// <param name="baseHash">Hash of its base weights.</param>
    public static RunIdentity Create(Recipe recipe, string dataFingerprint, string baseHash) =>
        new() { Data = dataFingerprint, BaseWeights = baseHash, Options = OptionsOf(recipe) };

    /// <summary>Refuses to go on with a run that something else would then decide.</summary>
    /// <param name="now">The identity now; this one is that of the run as it began.</param>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="RadaptException">Data, base weights or an option differ.</exception>
    public void RequireSame(RunIdentity now, string folder)
    {
        RequireSameOptions(Options, now.Options, folder);
        if (BaseWeights != now.BaseWeights)
        {
            throw new RadaptException(
                $"{folder}: began with other base weights (their tensors hash to {Short(BaseWeights)}, those given now to {Short(now.BaseWeights)}). "
                + "Give the first ones with --weights, or start afresh with another --out.");
        }

        if (Data != now.Data)
        {
            throw new RadaptException($"{folder}: the data changed since this run began (images or labels differ). Restore it, or start afresh with another --out.");
        }
    }

    /// <summary>Refuses a recipe that is not the one in the run's folder, where that states one.</summary>
    /// <exception cref="RadaptException">An option differs; the message names it.</exception>
    public static void RequireSameRecipe(RunFolder run, Recipe now)
    {
        RecipeLayer began = RecipeFile.Read(run.RecipeFile);
        Dictionary<string, string> stated = OptionsOf(RecipeResolver.Partial([began])).Where(o => began.Find(o.Key) is not null).ToDictionary();
        RequireSameOptions(stated, OptionsOf(now), run.Path);
    }

    private static void RequireSameOptions(IReadOnlyDictionary<string, string> began, IReadOnlyDictionary<string, string> now, string folder)
    {
        foreach ((string name, string value) in began)
        {
            if (now.TryGetValue(name, out string? other) && other != value)
            {
                throw new RadaptException(
                    $"{folder}: began with {name} {value}, not {other}. Resume by the run's own recipe.yaml as it was then, or start afresh in another folder.");
            }
        }
    }

    private static Dictionary<string, string> OptionsOf(Recipe recipe) => RecipeOptions.All
        .Where(o => o.Get is not null && !FineTuning.GivenAnewOnResume.Contains(o.Name))
        .ToDictionary(o => o.Name, o => RecipeOption.Format(o.Get!(recipe) ?? ""));

    private static string Short(string hash) => hash.Length <= 16 ? hash : hash[..12] + "…";
}
