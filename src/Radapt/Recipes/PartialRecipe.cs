using System.Linq.Expressions;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// What several layers together give: enough to open the data and the weights that the rest is chosen from. A value that is neither given
/// nor fixed cannot be read from it; a <see cref="Recipe"/> has them all.
/// </summary>
internal sealed class PartialRecipe
{
    private readonly RecipeLayer _given;

    private PartialRecipe(RecipeLayer given) => _given = given;

    /// <summary>Where images and labels come from; what is chosen from them is not decided yet.</summary>
    public DataOptions Data => Section<DataOptions>() with { Seed = Value((Recipe r) => r.Seed), NeedsValidation = NeedsValidation };

    /// <summary>Whether something is chosen by validation images, so that there must be some.</summary>
    internal bool NeedsValidation => Method.Definition.Probe is null && Value((ValidationOptions v) => v.Select) == EpochSelection.Best;

    /// <summary>The options of its kind of recipe.</summary>
    internal OptionCatalogue Catalogue => _given.Catalogue;

    /// <summary>The method with its options as given.</summary>
    internal MethodOptions Method
    {
        get
        {
            string name = Find("method")?.Text ?? OptionTable.Find((Recipe r) => r.Method).Default!;
            return AdaptationMethod.Find(name).Create(Values);
        }
    }

    /// <summary>Its entries, in the order of <see cref="Catalogue"/>.</summary>
    internal IEnumerable<RecipeEntry> Entries => _given.Entries;

    // By name, those that are to be chosen left out.
    private Dictionary<string, object?> Values =>
        Entries.Where(e => e.Value is not Automatic).ToDictionary(e => e.Option.Name, e => e.Value);

    /// <summary>A section as far as it is given; what is not has its fixed default.</summary>
    /// <exception cref="InvalidOperationException">The section has options without a fixed default that were not given.</exception>
    internal T Section<T>() => (T)OptionTable.For(typeof(T)).Create(Values);

    /// <summary>
    /// The values of several layers; the first beats the second and so on. An entry also overrides those that say the same in another way
    /// (<c>lr</c> and <c>base-lr</c>), and values that a lower recipe records as chosen from something now given differently.
    /// </summary>
    /// <exception cref="RadaptException">An option does not belong to the method or optimizer in force, unless a lower recipe gave
    /// it.</exception>
    public static PartialRecipe Merge(IReadOnlyList<RecipeLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        OptionCatalogue catalogue = layers is [var first, ..] ? first.Catalogue : RecipeOptions.Catalogue;
        var merged = new Dictionary<string, (RecipeEntry Entry, int Rank)>();
        for (int rank = layers.Count - 1; rank >= 0; rank--)
        {
            RecipeLayer layer = layers[rank];
            foreach (string name in Superseded(merged.Values.Select(m => m.Entry), layer))
            {
                merged.Remove(name);
            }

            foreach (RecipeEntry entry in layer.Entries)
            {
                merged[entry.Option.Name] = (entry, rank);
            }
        }

        foreach (string decider in catalogue.All.Select(o => o.OnlyWith?.Option).OfType<string>().Distinct().ToList())
        {
            RejectOrDropForeign(merged, catalogue.Find(decider)!);
        }

        return new PartialRecipe(new RecipeLayer(merged.Values.Select(m => m.Entry), catalogue));
    }

    /// <summary>The entry of an option; null where nothing was given.</summary>
    internal RecipeEntry? Find(string name) => _given.Find(name);

    /// <summary>The entry of the option that sets a property; null where nothing was given.</summary>
    internal RecipeEntry? Find<TSection, T>(Expression<Func<TSection, T>> property) => Find(OptionTable.Find(property).Name);

    /// <summary>Whether a value was given: a value, not the word that asks for one.</summary>
    internal bool Has<TSection, T>(Expression<Func<TSection, T>> property) => Find(property) is { Value: not Automatic };

    /// <summary>The value of a property: as given, else its fixed default.</summary>
    /// <exception cref="InvalidOperationException">Nothing was given, and the default is not fixed.</exception>
    internal T Value<TSection, T>(Expression<Func<TSection, T>> property) =>
        Has(property) ? (T)Find(property)!.Value! : (T)OptionTable.Find(property).FixedDefault!;

    /// <summary>The value of a property: as given, else another.</summary>
    internal T Value<TSection, T>(Expression<Func<TSection, T>> property, T other) =>
        Has(property) ? (T)Find(property)!.Value! : other;

    private static HashSet<string> Superseded(IEnumerable<RecipeEntry> lower, RecipeLayer layer)
    {
        Dictionary<string, RecipeEntry> below = lower.ToDictionary(e => e.Option.Name);
        HashSet<string> removed = [.. layer.Entries.Where(e => e.IsClaim).SelectMany(e => e.Option.Excludes)];
        HashSet<string> changed = [.. layer.Entries
            .Where(e => below.GetValueOrDefault(e.Option.Name) is not { } b
                || b.Text != e.Text)
            .Select(e => e.Option.Name)];
        bool again = true;
        while (again)
        {
            again = false;
            foreach (RecipeEntry entry in below.Values.Where(e => e.WasChosen && e.Option.ChosenFrom.Any(changed.Contains)))
            {
                removed.Add(entry.Option.Name);
                again |= layer.Find(entry.Option.Name) is null && changed.Add(entry.Option.Name);
            }
        }

        return removed;
    }

    // A recipe's rank is no mistake when --method full on the line changes the recipe's method; --rank beside it is one.
    private static void RejectOrDropForeign(Dictionary<string, (RecipeEntry Entry, int Rank)> merged, OptionDeclaration decider)
    {
        bool isGiven = merged.TryGetValue(decider.Name, out (RecipeEntry Entry, int Rank) given);
        string value = isGiven ? given.Entry.Text : decider.Default!;
        foreach ((RecipeEntry entry, int rank) in merged.Values.ToList())
        {
            if (entry.Option.OnlyWith is not { } owner || owner.Option != decider.Name || owner.Values.Contains(value))
            {
                continue;
            }

            if (!isGiven || rank <= given.Rank)
            {
                throw new RadaptException(
                    $"{entry.Where} belongs to {decider.Name} {string.Join(" or ", owner.Values)}, but the {decider.Name} is {value}; "
                    + $"leave it out or give --{decider.Name} {owner.Values[0]}.");
            }

            merged.Remove(entry.Option.Name);
        }
    }
}
