using Radapt.Datasets;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>What relative paths of a study are relative to. Machines that work on one study may have different ones.</summary>
/// <param name="Recipes">Recipe files: the folder of the study file.</param>
/// <param name="Data">Images and labels.</param>
/// <param name="Weights">Checkpoints and run folders.</param>
/// <param name="Output">The study's own folder: caches.</param>
internal sealed record StudyPlaces(string Recipes, string Data, string Weights, string Output)
{
    private static readonly OptionDeclaration s_weights = OptionTable.Find((ModelOptions m) => m.Weights);
    private static readonly OptionDeclaration s_cache = OptionTable.Find((DataOptions d) => d.Cache);

    /// <summary>The value of an option with full paths.</summary>
    public object? FullPaths(OptionDeclaration option, object? value) => !option.IsPath || value is null ? value
        : value is IReadOnlyList<string> paths ? paths.Select(p => RecipeLayer.FullPath(p, Folder(option))).ToArray()
        : RecipeLayer.FullPath((string)value, Folder(option));

    private string Folder(OptionDeclaration option) =>
        option.Name == s_weights.Name ? Weights : option.Name == s_cache.Name ? Output : Data;
}
