using System.Linq.Expressions;
using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The values from one place: the command line, or one recipe file.</summary>
public sealed class RecipeLayer
{
    private readonly Dictionary<string, RecipeEntry> _entries = [];

    /// <summary>A layer of these entries.</summary>
    /// <param name="entries">What it holds.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">An option stands there twice, or together with one that says the same in another way.</exception>
    internal RecipeLayer(IEnumerable<RecipeEntry> entries, OptionCatalogue? catalogue = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Catalogue = catalogue ?? RecipeOptions.Catalogue;
        foreach (RecipeEntry entry in entries)
        {
            if (!_entries.TryAdd(entry.Option.Name, entry))
            {
                throw new RadaptException($"{entry.Where} is given twice.");
            }
        }

        foreach (RecipeEntry entry in Entries.Where(e => e.IsClaim))
        {
            if (entry.Option.Excludes.Select(Find).FirstOrDefault(other => other is { IsClaim: true }) is { } other)
            {
                throw new RadaptException($"{entry.Where} and {other.Where} cannot be used together; keep one of them.");
            }
        }
    }

    /// <summary>The options of its kind of recipe.</summary>
    internal OptionCatalogue Catalogue { get; }

    /// <summary>Its entries, in the order of <see cref="Catalogue"/>.</summary>
    internal IEnumerable<RecipeEntry> Entries => Catalogue.All.Select(o => Find(o.Name)).OfType<RecipeEntry>();

    /// <summary>The layer of a command line: names without dashes, and the texts given (<c>true</c> for a flag).</summary>
    /// <exception cref="RadaptException">An option is unknown, its value is none, or two options exclude each other.</exception>
    public static RecipeLayer FromCommandLine(IEnumerable<KeyValuePair<string, string>> options) =>
        From(options, ResolvedValue.ByCommandLine);

    /// <summary>A layer without any value; <see cref="Set"/> gives one with more.</summary>
    public static RecipeLayer Empty { get; } = new([]);

    /// <summary>The same layer with a value for an option.</summary>
    /// <param name="property">
    /// The property that the option sets, in the section of a <see cref="Recipe"/> where it is, such as
    /// <c>(ModelOptions m) => m.Weights</c>. <c>(Recipe r) => r.Method</c> takes a method with those of its options that are not at their
    /// default, such as <c>new LoraOptions { Rank = 8 }</c>.
    /// </param>
    /// <param name="value">Its value.</param>
    /// <exception cref="ArgumentException">The property is not that of an option.</exception>
    /// <exception cref="RadaptException">The value is out of its range, is given already, or excludes another.</exception>
    public RecipeLayer Set<TSection, TValue>(Expression<Func<TSection, TValue>> property, TValue value)
    {
        ArgumentNullException.ThrowIfNull(property);
        OptionDeclaration option = Catalogue.All.FirstOrDefault(o => o.Property is { } p && property.Body is MemberExpression member
                && p.Name == member.Member.Name && p.DeclaringType!.IsAssignableFrom(member.Member.DeclaringType))
            ?? throw new ArgumentException($"{property} is not an option of a recipe.", nameof(property));
        var entries = new List<RecipeEntry> { Entry(option, value is MethodOptions method ? method.Name : option.Format(value)) };
        if (value is MethodOptions { Definition: var definition } options)
        {
            entries.AddRange(definition.Options.Where(o => !Equals(Text(o, options), Text(o, definition.Defaults)))
                .Select(o => Entry(Catalogue.Get(o.Name, o.Name), Text(o, options))));
        }

        return new RecipeLayer([.. Entries, .. entries], Catalogue);
    }

    private static string Text(OptionDeclaration option, MethodOptions options) => option.Format(option.Property!.GetValue(options));

    // Through its text, so that a value of a program is checked exactly as one that is typed.
    private static RecipeEntry Entry(OptionDeclaration option, string text) =>
        new(option, option.Parse(text, option.Name), ResolvedValue.ByProgram, option.Name);

    /// <summary>A layer of options that somebody else gives.</summary>
    /// <param name="options">Names without dashes, and values.</param>
    /// <param name="origin">Who gives them, as it is shown.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">There is no such option, or a value does not fit its option.</exception>
    internal static RecipeLayer From(IEnumerable<KeyValuePair<string, string>> options, string origin, OptionCatalogue? catalogue = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        catalogue ??= RecipeOptions.Catalogue;
        return new RecipeLayer(options.Select(given =>
        {
            string where = $"--{given.Key}";
            OptionDeclaration option = catalogue.Get(given.Key, where);
            return new RecipeEntry(option, option.Parse(given.Value, where), origin, where);
        }), catalogue);
    }

    /// <summary>The entry of an option; null where the layer has none.</summary>
    internal RecipeEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>
    /// The same layer with absolute paths, so that a recipe written to a run folder is understood from everywhere. A prefix such as
    /// <c>nih:</c> stays in front.
    /// </summary>
    /// <param name="folder">What relative paths are relative to, absolute.</param>
    public RecipeLayer WithFullPaths(string folder) => new(Entries.Select(e => e.Option.IsPath ? e with
    {
        Value = e.Value is IReadOnlyList<string> paths ? paths.Select(p => FullPath(p, folder)).ToArray()
            : FullPath((string)e.Value!, folder),
    } : e), Catalogue);

    /// <summary>A path in full; a prefix such as <c>nih:</c> stays in front.</summary>
    internal static string FullPath(string path, string folder)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        int start = colon > 1 ? colon + 1 : 0; // one letter before the colon is a Windows drive
        return path[..start] + ShippedWeights.FullPath(path[start..], folder);
    }
}
