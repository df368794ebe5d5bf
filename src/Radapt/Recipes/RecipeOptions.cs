using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The options of a recipe, gathered from its sections, which declare them.</summary>
internal static class RecipeOptions
{
    /// <summary>Every option, in the order of help texts and recipe files.</summary>
    public static IReadOnlyList<OptionDeclaration> All { get; } =
    [
        .. Under("Data", OptionTable.For(typeof(DataOptions)).Options),
        .. Under("Model", OptionTable.For(typeof(ModelOptions)).Options),
        .. Under("Method", [OptionTable.Find((Recipe r) => r.Method), .. FromMethods()]),
        .. Under("Pixels", OptionTable.For(typeof(PixelOptions)).Options),
        .. Under("Optimisation", OptionTable.For(typeof(OptimisationOptions)).Options),
        .. Under("Validation", OptionTable.For(typeof(ValidationOptions)).Options),
        .. Under("Compute", [.. OptionTable.For(typeof(ComputeOptions)).Options, OptionTable.Find((Recipe r) => r.Seed)]),
    ];

    private static readonly Dictionary<string, OptionDeclaration> s_byName = All.ToDictionary(o => o.Name);

    /// <summary>The option of this name; null if there is none.</summary>
    public static OptionDeclaration? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>The option of this name, or an error that names the nearest one.</summary>
    /// <param name="name">Without dashes.</param>
    /// <param name="where">How the error begins, such as <c>my.yaml:12: lora-dropot</c>.</param>
    /// <exception cref="RadaptException">There is none.</exception>
    public static OptionDeclaration Get(string name, string where)
    {
        if (Find(name) is { } option)
        {
            return option;
        }

        string hint = NearestName.Find(name, s_byName.Keys) is { } nearest ? $"; did you mean {nearest}?"
            : $"; there are {string.Join(", ", s_byName.Keys)}.";
        throw new RadaptException($"{where} is not an option of a recipe{hint}");
    }

    /// <summary>The value of an option in a recipe; null where it has none, and where the option belongs to another method.</summary>
    public static object? Read(Recipe recipe, OptionDeclaration option) =>
        SectionOf(recipe, option) is { } section ? option.Property!.GetValue(section) : null;

    /// <summary>The section of a recipe that an option sets a property of; null where the option belongs to another method.</summary>
    public static object? SectionOf(Recipe recipe, OptionDeclaration option)
    {
        object[] sections =
            [recipe, recipe.Data, recipe.Model, recipe.Method, recipe.Pixels, recipe.Optimisation, recipe.Validation, recipe.Compute];
        return Array.Find(sections, s => option.Property?.DeclaringType?.IsInstanceOfType(s) == true);
    }

    private static IEnumerable<OptionDeclaration> Under(string heading, IEnumerable<OptionDeclaration> options) =>
        options.Select(o => o with { Heading = heading });

    // An option that several methods inherit is one option, with these methods only.
    private static IEnumerable<OptionDeclaration> FromMethods() => AdaptationMethod.All
        .SelectMany(m => m.Options.Select(o => (Method: m.Name, Option: o)))
        .GroupBy(o => o.Option.Name)
        .Select(g => g.First().Option with
        {
            OnlyWith = (OptionTable.Find((Recipe r) => r.Method).Name, [.. g.Select(o => o.Method)]),
        });
}
