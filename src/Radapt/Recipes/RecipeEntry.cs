using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>One value that was given, and where.</summary>
/// <param name="Option">The option it is a value of.</param>
/// <param name="Value">Of the type of the option's property; <see cref="Automatic.Value"/> where it is to be chosen.</param>
/// <param name="Origin">Who gave it: <c>command line</c> or <c>recipe FILE</c>.</param>
/// <param name="Where">How an error about it begins: <c>--rank</c> or <c>my.yaml:12: rank</c>.</param>
internal sealed record RecipeEntry(OptionDeclaration Option, object? Value, string Origin, string Where)
{
    /// <summary>
    /// What a recipe notes as the value's source: <c>ours</c> beside published values; <c>default</c> or <c>weights</c> in a resolved
    /// recipe.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What a recipe notes as its reason.</summary>
    public string? Reason { get; init; }

    /// <summary>As it would be typed.</summary>
    public string Text => Option.Format(Value);

    /// <summary>Whether Radapt chose the value when the recipe was resolved, so that it may be chosen anew.</summary>
    public bool WasChosen => Source is ResolvedValue.ByDefault or ResolvedValue.ByWeights;

    /// <summary>Whether it claims anything: a flag that is false excludes nothing.</summary>
    public bool IsClaim => Value is not false;
}
