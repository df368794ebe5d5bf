using Radapt.Datasets;

namespace Radapt.Training.Recipes;

/// <summary>The values from one place: the command line, or one recipe file.</summary>
public sealed class RecipeLayer
{
    private static readonly string[] s_paths = ["data", "train", "val", "test", "image-root", "key", "cache", "weights"];
    private readonly Dictionary<string, RecipeEntry> _entries = [];

    /// <summary>A layer of these entries.</summary>
    /// <exception cref="RadaptException">An option stands there twice, or together with one that says the same in another way.</exception>
    public RecipeLayer(IEnumerable<RecipeEntry> entries)
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
    public IEnumerable<RecipeEntry> Entries => RecipeOptions.All.Select(o => Find(o.Name)).OfType<RecipeEntry>();

    /// <summary>The layer of a command line: names without dashes, and the texts given (<c>true</c> for a flag).</summary>
    /// <exception cref="RadaptException">An option is unknown, its value is none, or two options exclude each other.</exception>
    public static RecipeLayer FromCommandLine(IEnumerable<KeyValuePair<string, string>> options) => From(options, "command line");

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
            RecipeOption option = RecipeOptions.Get(given.Key, where);
            return new RecipeEntry(option, option.Parse(given.Value, where), origin, where);
        }));
    }

    /// <summary>The entry of an option; null where the layer has none.</summary>
    public RecipeEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>What it says of images and labels, for commands that train nothing; the standard values where it says nothing.</summary>
    public DataOptions ToDataOptions() =>
        RunData.Options(Entries.Aggregate(RecipeOptions.Undecided,
            (recipe, entry) => entry.Option.Set is { } set ? set(recipe, entry.Value) : recipe));

    /// <summary>
    /// The same layer with absolute paths, so that a recipe written to a run folder is understood from everywhere. A prefix such as
    /// <c>nih:</c> stays in front.
    /// </summary>
    /// <param name="folder">What relative paths are relative to, absolute.</param>
    public RecipeLayer WithFullPaths(string folder) => new(Entries.Select(e => s_paths.Contains(e.Option.Name) ? e with
    {
        Value = FullPath((string)e.Value, folder),
    } : e));

    /// <summary>
    /// One layer out of several; the first beats the second and so on. An entry also overrides those that say the same in another way
    /// (<c>lr</c> and <c>base-lr</c>), and values that a lower recipe records as chosen from something now given differently.
    /// </summary>
    /// <exception cref="RadaptException">An option does not belong to the method or optimizer in force, unless a lower recipe gave
    /// it.</exception>
    public static RecipeLayer Merge(IReadOnlyList<RecipeLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
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

        RejectOrDropForeign(merged, "method", RecipeOptions.Method.Default!, o => o.Methods);
        RejectOrDropForeign(merged, "optimizer", RecipeOptions.Optimizer.Default!, o => o.Optimizers);
        return new RecipeLayer(merged.Values.Select(m => m.Entry));
    }

    private static string FullPath(string path, string folder)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        int start = colon > 1 ? colon + 1 : 0; // one letter before the colon is a Windows drive
        return path[..start] + Path.GetFullPath(path[start..], folder);
    }

    private static HashSet<string> Superseded(IEnumerable<RecipeEntry> lower, RecipeLayer layer)
    {
        Dictionary<string, RecipeEntry> below = lower.ToDictionary(e => e.Option.Name);
        HashSet<string> removed = [.. layer.Entries.Where(e => e.IsClaim).SelectMany(e => e.Option.Excludes)];
        HashSet<string> changed = [.. layer.Entries
            .Where(e => below.GetValueOrDefault(e.Option.Name) is not { } b
                || RecipeOption.Format(b.Value) != RecipeOption.Format(e.Value))
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
    private static void RejectOrDropForeign(
        Dictionary<string, (RecipeEntry Entry, int Rank)> merged, string decider, string standard,
            Func<RecipeOption, IReadOnlyList<string>> owners)
    {
        bool isGiven = merged.TryGetValue(decider, out (RecipeEntry Entry, int Rank) given);
        string value = isGiven ? (string)given.Entry.Value : standard;
        foreach ((RecipeEntry entry, int rank) in merged.Values.ToList())
        {
            IReadOnlyList<string> belongsTo = owners(entry.Option);
            if (belongsTo.Count == 0 || belongsTo.Contains(value))
            {
                continue;
            }

            if (!isGiven || rank <= given.Rank)
            {
                throw new RadaptException(
                    $"{entry.Where} belongs to {decider} {string.Join(" or ", belongsTo)}, but the {decider} is {value}; "
                    + $"leave it out or give --{decider} {belongsTo[0]}.");
            }

            merged.Remove(entry.Option.Name);
        }
    }
}
