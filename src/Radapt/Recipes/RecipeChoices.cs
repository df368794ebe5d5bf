using System.Linq.Expressions;
using Radapt.Adaptation;
using Radapt.Datasets;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>
/// A recipe while it is being decided, option by option: each value is what was given, or else what the caller chooses, with its reason.
/// A section can be taken once all of its options are decided.
/// </summary>
internal sealed class RecipeChoices(PartialRecipe given, RecipeFacts facts)
{
    private readonly Dictionary<string, object?> _values = [];
    private readonly Dictionary<string, ResolvedValue> _shown = [];
    private readonly HashSet<string> _aside = [];

    public PartialRecipe Given { get; } = given;

    public RecipeFacts Facts { get; } = facts;

    /// <summary>
    /// Decides the option that sets a property. The choice is made only where nothing, or only the word <c>auto</c>, was given.
    /// </summary>
    /// <returns>What is decided.</returns>
    public T Choose<TSection, T>(Expression<Func<TSection, T>> property, Func<Choice<T>> choose)
    {
        OptionDeclaration option = OptionTable.Find(property);
        if (_aside.Contains(option.Name))
        {
            return (T)_values[option.Name]!;
        }

        if (IsGiven(option.Name))
        {
            Take(option);
        }
        else
        {
            Choice<T> choice = choose();
            Choose(option, choice.Value, choice.Reason, choice.Origin);
        }

        return (T)_values[option.Name]!;
    }

    /// <summary>What was decided for a property.</summary>
    public T Decided<TSection, T>(Expression<Func<TSection, T>> property) => (T)_values[OptionTable.Find(property).Name]!;

    /// <summary>Decides an option by its name, as reading the data chose it.</summary>
    public void Choose(DataChoice choice)
    {
        OptionDeclaration option = Given.Catalogue.Find(choice.Option)!;
        if (IsGiven(option.Name))
        {
            Take(option);
        }
        else
        {
            Choose(option, choice.Value, choice.Reason, ResolvedValue.ByDefault);
        }
    }

    /// <summary>Decides the option that sets a property by a value derived from another entry, as a rate from a base rate.</summary>
    public T Derive<TSection, T>(Expression<Func<TSection, T>> property, T value, RecipeEntry from, string reason)
    {
        Decide(OptionTable.Find(property), value, from.Origin, reason, from.Source);
        return value;
    }

    /// <summary>Fixes a property that the method does not read: whatever is given for it is not used, and it is not shown.</summary>
    public void SetAside<TSection, T>(Expression<Func<TSection, T>> property, T value)
    {
        Set(property, value);
        SetAside(OptionTable.Find(property).Name);
    }

    /// <summary>The same of an option that sets no property.</summary>
    public void SetAside(string option) => _aside.Add(option);

    /// <summary>What was given for options that are set aside.</summary>
    public IReadOnlyList<RecipeEntry> Unused =>
        [.. Given.Entries.Where(e => _aside.Contains(e.Option.Name) && !e.WasChosen && e.Value is not Automatic)];

    /// <summary>Sets a property that this kind of recipe has no option for; it is not shown.</summary>
    public void Set<TSection, T>(Expression<Func<TSection, T>> property, T value) => _values[OptionTable.Find(property).Name] = value;

    /// <summary>The section whose options are decided; those that are not are taken as given, or at their fixed default.</summary>
    public T Section<T>()
    {
        OptionTable table = OptionTable.For(typeof(T));
        return (T)Create([.. table.Options.Where(Given.Catalogue.Has)], table.Create);
    }

    /// <summary>The method of this name with its options as given, or at their defaults.</summary>
    public MethodOptions Method(MethodOptions method) => (MethodOptions)Create(method.Definition.Options, method.Definition.Create);

    /// <summary>Every decided value, in the order of the catalogue.</summary>
    public IReadOnlyList<ResolvedValue> Shown =>
        [.. Given.Catalogue.All.Select(o => _shown.GetValueOrDefault(o.Name)).OfType<ResolvedValue>()];

    // An empty list of findings asks for them to be chosen: runs of older versions recorded it so.
    private bool IsGiven(string name) => Given.Find(name) is { Value: not Automatic } entry
        && !(entry.Value is IReadOnlyCollection<string> { Count: 0 } && entry.WasChosen);

    private object Create(IReadOnlyList<OptionDeclaration> options, Func<IReadOnlyDictionary<string, object?>, object> create)
    {
        foreach (OptionDeclaration option in options.Where(o => o.Property is not null && !_values.ContainsKey(o.Name)))
        {
            if (IsGiven(option.Name))
            {
                Take(option);
            }
            else if (option.HasFixedDefault && IsInForce(option) && IsSaid(option))
            {
                Choose(option, option.FixedDefault, option.Reason, ResolvedValue.ByDefault);
            }
        }

        return create(_values);
    }

    // A fixed default that says nothing (no path, an empty list of views) is not written.
    private static bool IsSaid(OptionDeclaration option) => option.Reason is not null || option.Format(option.FixedDefault).Length > 0;

    private bool IsInForce(OptionDeclaration option) =>
        option.OnlyWith is not { } owner || owner.Values.Contains(Given.Catalogue.Find(owner.Option)!.Format(_values[owner.Option]));

    private void Take(OptionDeclaration option)
    {
        RecipeEntry entry = Given.Find(option.Name)!;
        Decide(option, entry.Value, entry.Origin, entry.Reason, entry.Source);
    }

    // A recipe that asks for a choice is named as its origin.
    private void Choose(OptionDeclaration option, object? value, string? reason, string origin) =>
        Decide(option, value, Given.Find(option.Name) is { Value: Automatic, Source: not null } asked ? asked.Origin : origin, reason,
            Given.Find(option.Name)?.Source);

    private void Decide(OptionDeclaration option, object? value, string origin, string? reason, string? source)
    {
        _values[option.Name] = value;
        _shown[option.Name] = new ResolvedValue(option.Name, option.Format(value), origin, reason) { Source = source };
    }
}
