using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Adaptation;
using Radapt.Checkpoints;
using Radapt.Datasets.Splits;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>Reads a study file: sections for the factors, and what their cells are given. Every error names the line.</summary>
internal sealed partial class StudyReader
{
    private const string Title = "title", Options = "options", Overrides = "overrides", Where = "where", Recipe = "recipe";
    private const string Include = "include", Exclude = "exclude", Table = "table", Published = "published";
    private const int MostSeeds = 1000;

    private readonly string _file;
    private readonly Dictionary<StudyFactor, IReadOnlyList<StudyLevel>> _factors = [];

    private StudyReader(string file) => _file = file;

    /// <summary>Names of the sections.</summary>
    public static IReadOnlyList<string> Sections { get; } =
        [Title, .. EnumNames.All(typeof(StudyFactor)), Options, Overrides, Include, Exclude, Table, Published];

    /// <summary>Reads a study.</summary>
    /// <param name="stream">UTF-8.</param>
    /// <param name="file">The name that messages show; without its ending it names the study.</param>
    /// <exception cref="RadaptException">It is not a study; the message names file and line.</exception>
    public static StudyDesign Read(Stream stream, string file) => new StudyReader(file).ReadDesign(StrictYaml.Read(stream, file, "study"));

    private StudyDesign ReadDesign(YamlValue? root)
    {
        if (root is not YamlMap map)
        {
            throw Wrong(root?.Line ?? 1, $"a study is a list of sections: {string.Join(", ", Sections)}");
        }

        Dictionary<string, YamlValue> sections = ByName(map, Sections, "section of a study");
        foreach (StudyFactor factor in Enum.GetValues<StudyFactor>().Where(f => sections.ContainsKey(f.Spelled())))
        {
            _factors[factor] = ReadFactor(factor, sections[factor.Spelled()]);
        }

        _factors.TryAdd(StudyFactor.Seed, [Seed(0)]);
        string name = Path.GetFileNameWithoutExtension(_file);
        return new StudyDesign
        {
            Name = name,
            File = _file,
            Title = sections.TryGetValue(Title, out YamlValue? title) ? Text(title) : name,
            Factors = _factors,
            Options = sections.TryGetValue(Options, out YamlValue? options) ? ReadSettings(Map(options, "options, a line each")).Settings
                : StudySettings.None,
            Overrides = [.. Items(sections.GetValueOrDefault(Overrides)).Select(ReadOverride)],
            Include = [.. Items(sections.GetValueOrDefault(Include)).Select(ReadFilter)],
            Exclude = [.. Items(sections.GetValueOrDefault(Exclude)).Select(ReadFilter)],
            Table = sections.TryGetValue(Table, out YamlValue? table) ? Map(table, "lines such as 'layout: 1'") : null,
            Published = sections.TryGetValue(Published, out YamlValue? published) ? Map(published, "source and figures") : null,
        };
    }

    private StudyLevel[] ReadFactor(StudyFactor factor, YamlValue section)
    {
        StudyLevel[] levels = factor == StudyFactor.Seed ? ReadSeeds(section)
            : section switch
            {
                YamlMap map => [.. map.Entries.Select(e => ReadLevel(factor, e.Key, e.Value))],
                YamlList list => [.. list.Items.Select(i => ReadLevel(factor, Scalar(i), null))],
                _ => throw Wrong(section.Line, $"{factor.Spelled()} is a list, or a line 'NAME: ...' for each"),
            };
        if (levels.Length == 0)
        {
            throw Wrong(section.Line, $"{factor.Spelled()} is empty");
        }

        return levels.GroupBy(l => l.Key).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw Wrong(section.Line, $"{factor.Spelled()} has {twice.Key} twice") : levels;
    }

    private StudyLevel ReadLevel(StudyFactor factor, YamlScalar key, YamlValue? content)
    {
        if (!KeyPattern().IsMatch(key.Text))
        {
            throw Wrong(key.Line, $"'{key.Text}' cannot name a folder; use letters, digits, '.', '_', '-' and '%'");
        }

        bool isEmpty = content is null or YamlScalar { IsNull: true };
        (StudySettings settings, string? title) = isEmpty ? (StudySettings.None, null)
            : content is YamlMap map ? ReadSettings(map)
            : (new StudySettings([(new YamlScalar(content!.Line, MainOption(factor), false), content)]), null);
        title ??= key.Text.Replace("%", " %", StringComparison.Ordinal);
        return new StudyLevel(factor, key.Text, title, WithMainOption(factor, key, settings));
    }

    // "lora:" alone means the method of this name, "10%:" the label fraction.
    private static StudySettings WithMainOption(StudyFactor factor, YamlScalar key, StudySettings settings)
    {
        string option = MainOption(factor);
        bool isMeant = factor switch
        {
            StudyFactor.Method => AdaptationMethod.Names.Contains(key.Text),
            StudyFactor.Fraction => LabelFraction.TryParse(key.Text) is not null,
            StudyFactor.Weights => ShippedWeights.Names.Contains(key.Text) && !settings.Has("from-scratch"),
            _ => false,
        };
        return settings.Has(option) || !isMeant ? settings
            : settings with { Options = [(key with { Text = option }, key), .. settings.Options] };
    }

    private static string MainOption(StudyFactor factor) => factor == StudyFactor.Fraction ? "label-fraction" : factor.Spelled();

    private (StudySettings Settings, string? Title) ReadSettings(YamlMap map, params string[] besides)
    {
        var options = new List<(YamlScalar, YamlValue)>();
        YamlScalar? recipe = null;
        string? title = null;
        foreach ((YamlScalar name, YamlValue value) in map.Entries.Where(e => !besides.Contains(e.Key.Text)))
        {
            switch (name.Text)
            {
                case Title when title is null: title = Text(value); break;
                case Recipe when recipe is null: recipe = Scalar(value); break;
                case Title or Recipe: throw Wrong(name.Line, $"{name.Text} is given twice");
                default: options.Add((name, value)); break;
            }
        }

        return (new StudySettings(options, recipe), title);
    }

    private (CellFilter, StudySettings) ReadOverride(YamlValue item)
    {
        YamlMap map = Map(item, "'where: {...}' and options");
        YamlValue where = map.Entries.FirstOrDefault(e => e.Key.Text == Where).Value
            ?? throw Wrong(map.Line, "an override says which cells it is for: where: {method: lora, fraction: 10%}");
        (StudySettings settings, string? title) = ReadSettings(map, Where);
        return title is null ? (ReadFilter(where), settings) : throw Wrong(map.Line, "an override has no title");
    }

    private CellFilter ReadFilter(YamlValue value)
    {
        YamlMap map = Map(value, "factors and their levels, such as {method: lora, fraction: [1%, 10%]}");
        Dictionary<string, YamlValue> given = ByName(map, EnumNames.All(typeof(StudyFactor)), "factor");
        return new CellFilter(given.ToDictionary(
            g => (StudyFactor)EnumNames.Find(typeof(StudyFactor), g.Key)!, g => Keys(g.Key, g.Value)));
    }

    private IReadOnlyList<string> Keys(string factor, YamlValue value)
    {
        StudyLevel[] levels = [.. _factors.GetValueOrDefault((StudyFactor)EnumNames.Find(typeof(StudyFactor), factor)!, [])];
        var keys = (value is YamlList list ? list.Items : [value]).Select(Scalar).ToArray();
        foreach (YamlScalar key in keys.Where(k => !levels.Any(l => l.Key == k.Text)))
        {
            throw Wrong(key.Line, $"{factor} has no {key.Text}{(levels.Length == 0 ? ", since there is no such section"
                : $"; there are {string.Join(", ", levels.Select(l => l.Key))}")}");
        }

        return [.. keys.Select(k => k.Text)];
    }

    private StudyLevel[] ReadSeeds(YamlValue section)
    {
        var seeds = new List<StudyLevel>();
        foreach (YamlScalar item in (section is YamlList list ? list.Items : [section]).Select(Scalar))
        {
            string[] ends = item.Text.Split('-');
            bool isRange = ends.Length == 2 && ends[0].Length > 0;
            if (!long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
                || !long.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long last)
                || ends.Length > 2 || last < first || last - first >= MostSeeds || (ends.Length == 2 && !isRange))
            {
                throw Wrong(item.Line, $"seed is a whole number, a list of them, or a range such as 0-4, not '{item.Text}'");
            }

            for (long seed = first; seed <= last; seed++)
            {
                seeds.Add(Seed(seed));
            }
        }

        return [.. seeds];
    }

    /// <summary>The level of a seed.</summary>
    public static StudyLevel Seed(long seed)
    {
        string key = seed.ToString(CultureInfo.InvariantCulture);
        return new StudyLevel(StudyFactor.Seed, key, $"seed {key}", StudySettings.From(KeyValuePair.Create("seed", key)));
    }

    private IReadOnlyList<YamlValue> Items(YamlValue? section) => section is null ? []
        : section is YamlList list ? list.Items : throw Wrong(section.Line, "this section is a list: lines that begin with '- '");

    private Dictionary<string, YamlValue> ByName(YamlMap map, IReadOnlyList<string> known, string what)
    {
        var byName = new Dictionary<string, YamlValue>();
        foreach ((YamlScalar name, YamlValue value) in map.Entries)
        {
            if (!known.Contains(name.Text))
            {
                string hint = NearestName.Find(name.Text, known) is { } nearest ? $"did you mean {nearest}?"
                    : $"there are {string.Join(", ", known)}";
                throw Wrong(name.Line, $"{name.Text} is not a {what}; {hint}");
            }

            if (!byName.TryAdd(name.Text, value))
            {
                throw Wrong(name.Line, $"{name.Text} is given twice");
            }
        }

        return byName;
    }

    private YamlMap Map(YamlValue value, string expected) => value as YamlMap ?? throw Wrong(value.Line, $"here belong {expected}");

    private string Text(YamlValue value) => Scalar(value).Text;

    private YamlScalar Scalar(YamlValue value) => value is not YamlScalar scalar ? throw Wrong(value.Line, "a single value belongs here")
        : scalar.IsNull ? throw Wrong(value.Line, "a value is missing") : scalar;

    private RadaptException Wrong(long line, string what) =>
        new($"{_file}:{line.ToString(CultureInfo.InvariantCulture)}: {what}{(what.EndsWith('?') ? "" : ".")}");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._+%-]{0,47}$")]
    private static partial Regex KeyPattern();
}
