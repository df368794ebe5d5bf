using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>Options that one place of a study gives, and the recipe that it refers to.</summary>
/// <param name="Options">Names and values; <c>{factor}</c> in a value stands for the key of the cell's level.</param>
/// <param name="Recipe">Name or file of a recipe, which supplies what no place of the study gives; null: none.</param>
internal sealed record StudySettings(IReadOnlyList<(YamlScalar Name, YamlValue Value)> Options, YamlScalar? Recipe = null)
{
    /// <summary>No option.</summary>
    public static StudySettings None { get; } = new([]);

    /// <summary>Settings of a study that is made in code.</summary>
    public static StudySettings From(params IEnumerable<KeyValuePair<string, string>> options) =>
        new([.. options.Select(o => (new YamlScalar(0, o.Key, false), (YamlValue)new YamlScalar(0, o.Value, false)))]);

    /// <summary>Whether an option of this name is given.</summary>
    public bool Has(string name) => Options.Any(o => o.Name.Text == name);
}
