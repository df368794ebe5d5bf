namespace Radapt.Options;

/// <summary>The options of one kind of recipe, in the order of help texts and recipe files.</summary>
internal sealed class OptionCatalogue
{
    private readonly Dictionary<string, OptionDeclaration> _byName;

    /// <param name="groups">Headings and the options under them.</param>
    public OptionCatalogue(params IEnumerable<(string Heading, IEnumerable<OptionDeclaration> Options)> groups)
    {
        All = [.. groups.SelectMany(g => g.Options.Select(o => o with { Heading = g.Heading }))];
        _byName = All.ToDictionary(o => o.Name);
    }

    /// <summary>Every option.</summary>
    public IReadOnlyList<OptionDeclaration> All { get; }

    /// <summary>The option of this name; null if there is none.</summary>
    public OptionDeclaration? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether an option of a section belongs to this catalogue: another one may have an option of that name.</summary>
    public bool Has(OptionDeclaration option) => Find(option.Name) is { } own && own.Property == option.Property;

    /// <summary>The option of this name, or an error that names the nearest one.</summary>
    /// <param name="name">Without dashes.</param>
    /// <param name="where">How the error begins, such as <c>my.yaml:12: lora-dropot</c>.</param>
    /// <exception cref="RadaptException">There is none.</exception>
    public OptionDeclaration Get(string name, string where)
    {
        if (Find(name) is { } option)
        {
            return option;
        }

        string hint = NearestName.Find(name, _byName.Keys) is { } nearest ? $"; did you mean {nearest}?"
            : $"; there are {string.Join(", ", _byName.Keys)}.";
        throw new RadaptException($"{where} is not an option of a recipe{hint}");
    }
}
