namespace Radapt.Training.Recipes;

/// <summary>A recipe while it is being decided: each value is what was given, or else what the caller chooses, with its reason.</summary>
internal sealed class RecipeChoices(RecipeLayer given, RecipeFacts facts)
{
    private readonly Dictionary<string, ResolvedValue> _values = [];

    public RecipeLayer Given { get; } = given;

    public RecipeFacts Facts { get; } = facts;

    /// <summary>What is decided so far; the rest has its fixed default or is empty.</summary>
    public Recipe Recipe { get; private set; } = RecipeOptions.Undecided;

    /// <summary>Decides one option. The choice is made only where nothing was given.</summary>
    public void Choose(string name, Func<Choice> choose)
    {
        RecipeOption option = RecipeOptions.Find(name)!;
        if (Given.Find(name) is { } entry)
        {
            Decide(option, entry.Value, entry.Origin, entry.Reason, entry.Source);
        }
        else
        {
            Choice choice = choose();
            Decide(option, choice.Value, choice.Origin, choice.Reason, source: null);
        }
    }

    /// <summary>Decides one option by a value derived from another entry, such as <c>lr</c> from <c>base-lr</c>.</summary>
    public void Derive(string name, object value, RecipeEntry from, string reason) =>
        Decide(RecipeOptions.Find(name)!, value, from.Origin, reason, from.Source);

    /// <summary>Decides one option by the choice where nothing or only the word that asks for it was given.</summary>
    public void ChooseOrDerive(string name, string word, Func<Choice> choose)
    {
        if (Given.Find(name) is { Value: string given } entry && given == word)
        {
            Choice choice = choose();
            Decide(RecipeOptions.Find(name)!, choice.Value, entry.Source is null ? choice.Origin
                : entry.Origin, choice.Reason, entry.Source);
        }
        else
        {
            Choose(name, choose);
        }
    }

    /// <summary>Decides the options of a group that are left: as given, or by their fixed default.</summary>
    public void DecideRest(RecipeGroup group) => DecideRest(RecipeOptions.All.Where(o => o.Group == group));

    /// <summary>Decides the options that are left: as given, or by their fixed default.</summary>
    public ResolvedRecipe Finish()
    {
        DecideRest(RecipeOptions.All);
        return new ResolvedRecipe(Recipe, [.. RecipeOptions.All.Select(o => _values.GetValueOrDefault(o.Name)).OfType<ResolvedValue>()]);
    }

    private void DecideRest(IEnumerable<RecipeOption> options)
    {
        foreach (RecipeOption option in options.Where(o => o.Get is not null && !_values.ContainsKey(o.Name)))
        {
            object? standard = option.Get!(Recipe);
            if (Given.Find(option.Name) is not null || (standard is not null && option.BelongsTo(Recipe.Method, Recipe.Optimizer)))
            {
                Choose(option.Name, () => new Choice(standard!, option.DefaultReason));
            }
        }
    }

    private void Decide(RecipeOption option, object value, string origin, string? reason, string? source)
    {
        Recipe = option.Set!(Recipe, value);
        _values[option.Name] = new ResolvedValue(option.Name, RecipeOption.Format(value), origin, reason) { Source = source };
    }
}

/// <summary>A value that Radapt chooses (or reads off the weights), and why.</summary>
internal readonly record struct Choice(object Value, string? Reason, string Origin = ResolvedValue.ByDefault);
