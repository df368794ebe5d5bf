namespace Radapt.Recipes;

/// <summary>A recipe with every value decided, and who decided each.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Values">Its values that decide anything under its method and optimizer, in the order of
/// <see cref="RecipeOptions.All"/>.</param>
public sealed record ResolvedRecipe(Recipe Recipe, IReadOnlyList<ResolvedValue> Values)
{
    /// <summary>Lines to show, such as on options that the method does not read.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One decided value.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Value">As it would be typed.</param>
/// <param name="Origin"><c>command line</c>, <c>recipe FILE</c>, <c>weights</c> (read off them) or <c>default</c> (chosen by
/// Radapt).</param>
/// <param name="Reason">Why this value; null where there is nothing to say.</param>
public sealed record ResolvedValue(string Name, string Value, string Origin, string? Reason)
{
    internal const string ByDefault = "default";
    internal const string ByWeights = "weights";
    internal const string ByCommandLine = "command line";
    internal const string ByProgram = "program";

    /// <summary>Whether Radapt chose it, or read it off the weights; if not, someone gave it.</summary>
    public bool IsChosen => Origin is ByDefault or ByWeights;

    /// <summary>What the recipe it came from notes as its source, such as <c>ours</c>; null elsewhere.</summary>
    public string? Source { get; init; }
}
