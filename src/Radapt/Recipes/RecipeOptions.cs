using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The options of a fine-tuning recipe, gathered from its sections, which declare them.</summary>
internal static class RecipeOptions
{
    /// <summary>The options of fine-tuning.</summary>
    public static OptionCatalogue Catalogue { get; } = new(
    [
        ("Data", OptionTable.For(typeof(DataOptions)).Options),
        ("Model", OptionTable.For(typeof(ModelOptions)).Options),
        ("Method", [OptionTable.Find((Recipe r) => r.Method), .. FromMethods()]),
        ("Pixels", OptionTable.For(typeof(PixelOptions)).Options),
        ("Optimisation", OptionTable.For(typeof(OptimisationOptions)).Options),
        ("Validation", OptionTable.For(typeof(ValidationOptions)).Options),
        ("Compute", [.. OptionTable.For(typeof(ComputeOptions)).Options, OptionTable.Find((Recipe r) => r.Seed)]),
    ]);

    /// <summary>Every option, in the order of help texts and recipe files.</summary>
    public static IReadOnlyList<OptionDeclaration> All => Catalogue.All;

    /// <summary>The option of this name; null if there is none.</summary>
    public static OptionDeclaration? Find(string name) => Catalogue.Find(name);

    /// <summary>The value of an option in a recipe; null where it has none, and where the option belongs to another method.</summary>
    public static object? Read(IRecipe recipe, OptionDeclaration option) => recipe.Read(option);

    // An option that several methods inherit is one option, with these methods only.
    private static IEnumerable<OptionDeclaration> FromMethods() => AdaptationMethod.All
        .SelectMany(m => m.Options.Select(o => (Method: m.Name, Option: o)))
        .GroupBy(o => o.Option.Name)
        .Select(g => g.First().Option with
        {
            OnlyWith = (OptionTable.Find((Recipe r) => r.Method).Name, [.. g.Select(o => o.Method)]),
        });
}
