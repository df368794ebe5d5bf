using System.Globalization;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Kind = Radapt.Training.Recipes.RecipeValueKind;

namespace Radapt.Training.Recipes;

// What the rows of the table are made with: one method per type of value, each tying an option to its property of the recipe.
internal static partial class RecipeOptions
{
    private static RecipeOption Text(string name, Func<Recipe, string?> get, Func<Recipe, string, Recipe> set, string description) => new()
    {
        Name = name,
        Group = RecipeGroup.Data,
        Kind = Kind.Text,
        Description = description,
        Get = get,
        Set = (r, v) => set(r, (string)v),
        Default = get(Undecided) is { Length: > 0 } d ? d : null,
    };

    private static RecipeOption Choice(
        string name, Func<Recipe, string> get, Func<Recipe, string, Recipe> set, string description, params string[] allowed) =>
        Text(name, get, set, description) with { Allowed = allowed };

    private static RecipeOption Flag(string name, Func<Recipe, bool> get, Func<Recipe, bool, Recipe> set, string description) => new()
    {
        Name = name,
        Group = RecipeGroup.Data,
        Kind = Kind.Flag,
        Description = description,
        Get = r => get(r),
        Set = (r, v) => set(r, (bool)v),
        DefaultReason = "off unless given",
    };

    private static RecipeOption Integer(string name, Func<Recipe, int> get, Func<Recipe, int, Recipe> set, string description) => new()
    {
        Name = name,
        Group = RecipeGroup.Data,
        Kind = Kind.Integer,
        Description = description,
        Get = r => (long)get(r),
        Set = (r, v) => set(r, (int)(long)v),
        Max = int.MaxValue,
        Default = RecipeOption.Format(get(Undecided)),
    };

    // A number of at least 1 or a word; of the words the first is 0 and the others are none.
    private static RecipeOption CountOr(string name, string[] words, Func<Recipe, string> get, Func<Recipe, int?, Recipe> set,
        string description) =>
        Text(name, get, (r, v) => set(r, v == words[0] ? 0 : words.Contains(v) ? null : int.Parse(v, CultureInfo.InvariantCulture)),
            description) with
        {
            Unmet = v => words.Contains(v) || (int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
                ? null : $"{string.Join(", ", words)} or a whole number of at least 1",
        };

    private static RecipeOption Dimension(string name, Func<Recipe, int> get, Func<Recipe, int, Recipe> set, string description) =>
        Integer(name, get, set, description) with
        {
            Group = RecipeGroup.Model,
            Min = 1,
            Max = 65536,
            Default = "the backbone's",
            ChosenFrom = ["weights", "from-scratch", "backbone"],
        };

    // Optimizers multiply a few such numbers in float32, which ends at 3.4e38.
    internal const double LargestNumber = 1e30;

    private static RecipeOption Number(string name, Func<Recipe, double> get, Func<Recipe, double, Recipe> set, string description) => new()
    {
        Name = name,
        Group = RecipeGroup.Data,
        Kind = Kind.Number,
        Description = description,
        Get = r => get(r),
        Set = (r, v) => set(r, (double)v),
        Max = LargestNumber,
        Default = RecipeOption.Format(get(Undecided)),
    };

    private static RecipeOption Fraction(string name, Func<Recipe, LabelFraction> get, Func<Recipe, LabelFraction, Recipe> set,
        string description) => new()
        {
            Name = name,
            Group = RecipeGroup.Data,
            Kind = Kind.Fraction,
            Description = description,
            Get = get,
            Set = (r, v) => set(r, (LabelFraction)v),
            Default = RecipeOption.Format(get(Undecided)),
            DefaultReason = "all labels",
        };

    private static RecipeOption Rate(string name, Func<Recipe, double> get, Func<Recipe, double, Recipe> set, string description) =>
        Number(name, get, set, description) with { Group = RecipeGroup.Optimisation, Min = 0, MinIsExcluded = true };

    private static RecipeOption Texts(
        string name, Func<Recipe, IReadOnlyList<string>> get, Func<Recipe, IReadOnlyList<string>, Recipe> set, string description) => new()
        {
            Name = name,
            Group = RecipeGroup.Data,
            Kind = Kind.TextList,
            Description = description,
            Get = r => get(r).ToArray(),
            Set = (r, v) => set(r, (string[])v),
            Default = string.Join(",", get(Undecided)),
        };

    private static RecipeOption Integers(
        string name, Func<Recipe, IReadOnlyList<int>> get, Func<Recipe, IReadOnlyList<int>, Recipe> set, string description) => new()
        {
            Name = name,
            Group = RecipeGroup.Data,
            Kind = Kind.IntegerList,
            Description = description,
            Get = r => get(r).Select(i => (long)i).ToArray(),
            Set = (r, v) => set(r, [.. ((long[])v).Select(i => (int)i)]),
            Max = int.MaxValue,
        };

    private static RecipeOption ForMethod(RecipeOption option, string reason) => option with
    {
        Group = RecipeGroup.Method,
        Methods = [.. AdaptationMethod.All.Where(m => m.Options.Contains(option.Name)).Select(m => m.Name)],
        DefaultReason = reason,
    };

    private static RecipeOption SplitSeed() => new()
    {
        Name = "split-seed",
        Group = RecipeGroup.Data,
        Kind = Kind.Integer,
        Description = "Seed of the splits that are drawn where the data has none; --seed does not change them.",
        Get = r => r.SplitSeed,
        Set = (r, v) => r with { SplitSeed = (long)v },
        Default = "0",
        ChosenFrom = ["data", "sheet", "split-name"],
    };

    private static RecipeOption Seed() => new()
    {
        Name = "seed",
        Group = RecipeGroup.Compute,
        Kind = Kind.Integer,
        Description = "Seed of everything random.",
        Get = r => r.Seed,
        Set = (r, v) => r with { Seed = (long)v },
        Default = "0",
        DefaultReason = "ours",
    };
}
