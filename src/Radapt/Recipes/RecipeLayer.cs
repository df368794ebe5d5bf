using Radapt.Options;

namespace Radapt.Recipes;

/// <summary>The values from one place: the command line, or one recipe file.</summary>
public sealed class RecipeLayer
{
    private readonly Dictionary<string, RecipeEntry> _entries = [];

    /// <summary>A layer of these entries.</summary>
    /// <exception cref="RadaptException">An option stands there twice, or together with one that says the same in another way.</exception>
    internal RecipeLayer(IEnumerable<RecipeEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
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
                throw new RadaptException($"{entry.Where} and {other.Where} exclude each other; keep one of them.");
            }
        }
    }

    /// <summary>Its entries, in the order of <see cref="RecipeOptions.All"/>.</summary>
    internal IEnumerable<RecipeEntry> Entries => RecipeOptions.All.Select(o => Find(o.Name)).OfType<RecipeEntry>();

    /// <summary>The layer of a command line: names without dashes, and the texts given (<c>true</c> for a flag).</summary>
    /// <exception cref="RadaptException">An option is unknown, its value is none, or two options exclude each other.</exception>
    public static RecipeLayer FromCommandLine(IEnumerable<KeyValuePair<string, string>> options) =>
        From(options, ResolvedValue.ByCommandLine);

    /// <summary>A layer of options that somebody else gives.</summary>
    /// <param name="options">Names without dashes, and values.</param>
    /// <param name="origin">Who gives them, as it is shown.</param>
    /// <exception cref="RadaptException">There is no such option, or a value is none of its option's.</exception>
    internal static RecipeLayer From(IEnumerable<KeyValuePair<string, string>> options, string origin)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new RecipeLayer(options.Select(given =>
        {
            string where = $"--{given.Key}";
            OptionDeclaration option = RecipeOptions.Get(given.Key, where);
            return new RecipeEntry(option, option.Parse(given.Value, where), origin, where);
        }));
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
        Value = FullPath((string)e.Value!, folder),
    } : e));

    private static string FullPath(string path, string folder)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        int start = colon > 1 ? colon + 1 : 0; // one letter before the colon is a Windows drive
        return path[..start] + Path.GetFullPath(path[start..], folder);
    }
}
