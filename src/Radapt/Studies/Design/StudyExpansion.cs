using System.Text.RegularExpressions;
using Radapt.Datasets;
using Radapt.Options;
using Radapt.Recipes;

namespace Radapt.Studies.Design;

/// <summary>Makes the cells of a design: every combination of levels that it includes, each with what it is given.</summary>
internal sealed partial class StudyExpansion
{
    /// <summary>Threads of a run where nobody says: small models gain little from more, and runs go side by side.</summary>
    public const int UsualThreads = 1;

    private const int MostCells = 10_000;

    /// <summary>
    /// What a cell is given where nobody says, none of which decides its figures: few threads, and no baseline beside every run, which a
    /// study has as a method of its own.
    /// </summary>
    public static RecipeLayer Usual { get; } = RecipeLayer.From(
        [KeyValuePair.Create("threads", OptionText.Format(UsualThreads)), KeyValuePair.Create("baseline", "off")], "studies");

    private readonly StudyDesign _design;
    private readonly StudyPlaces _places;
    private readonly IReadOnlyList<RecipeLayer> _first;
    private readonly Dictionary<string, RecipeLayer> _recipes = [];

    private StudyExpansion(StudyDesign design, StudyPlaces places, IReadOnlyList<RecipeLayer> first) =>
        (_design, _places, _first) = (design, places, first);

    /// <summary>The cells, in the order of seeds, then as the file lists the levels.</summary>
    /// <param name="design">The study.</param>
    /// <param name="places">What its paths are relative to.</param>
    /// <param name="first">What beats the study, such as the command line.</param>
    /// <exception cref="RadaptException">A cell is given something that does not fit; the message names file and line.</exception>
    public static IReadOnlyList<StudyCell> Expand(StudyDesign design, StudyPlaces places, params IReadOnlyList<RecipeLayer> first) =>
        new StudyExpansion(design, places, first).Expand();

    private StudyCell[] Expand()
    {
        StudyFactor[] factors =
            [.. Enum.GetValues<StudyFactor>().Where(_design.Factors.ContainsKey).OrderByDescending(f => f == StudyFactor.Seed)];
        long count = factors.Aggregate(1L, (n, f) => Math.Min(int.MaxValue, n * _design.Levels(f).Count));
        if (count > MostCells)
        {
            throw new RadaptException($"{_design.File}: the grid has {Plural.Count(count, "cell")}; {MostCells:N0} is the most.");
        }

        IEnumerable<Dictionary<StudyFactor, StudyLevel>> grid = [[]];
        foreach (StudyFactor factor in factors)
        {
            grid = grid.SelectMany(g => _design.Levels(factor).Select(l => new Dictionary<StudyFactor, StudyLevel>(g) { [factor] = l }));
        }

        StudyCell[] cells =
        [
            .. grid.Where(g => _design.Include.Count == 0 || _design.Include.Any(f => f.Matches(g)))
                .Where(g => !_design.Exclude.Any(f => f.Matches(g))).Select(Cell),
        ];
        return cells.Length == 0 ? throw new RadaptException($"{_design.File}: include and exclude leave no cell.")
            : cells.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new RadaptException($"{_design.File}: two cells would have the folder {twice.Key}; rename one of their levels.") : cells;
    }

    private StudyCell Cell(Dictionary<StudyFactor, StudyLevel> levels)
    {
        string name = string.Join('-', Enum.GetValues<StudyFactor>().Where(levels.ContainsKey)
            .Select(f => f == StudyFactor.Seed ? $"seed{levels[f].Key}" : levels[f].Word));

        // The most specific first.
        StudySettings[] settings =
        [
            levels[StudyFactor.Seed].Settings,
            .. _design.Overrides.Reverse().Where(o => o.Where.Matches(levels)).Select(o => o.Settings),
            .. new[] { StudyFactor.Method, StudyFactor.Fraction, StudyFactor.Weights, StudyFactor.Data }.Where(levels.ContainsKey)
                .Select(f => levels[f].Settings),
            _design.Options,
        ];
        List<RecipeLayer> layers = [.. _first, .. settings.Select(s => Layer(s, levels)).Where(l => l.Entries.Any())];
        if (settings.FirstOrDefault(s => s.Recipe is not null)?.Recipe is { } recipe)
        {
            layers.Add(Recipe(recipe, levels));
        }

        layers.Add(Usual);
        try
        {
            var cell = new StudyCell(name, levels, layers);
            RequireWhole(cell);
            return cell;
        }
        catch (RadaptException e)
        {
            throw new RadaptException($"{e.Message.TrimEnd('.')} (cell {name}).", e);
        }
    }

    private RecipeLayer Layer(StudySettings settings, Dictionary<StudyFactor, StudyLevel> levels)
    {
        var entries = new List<RecipeEntry>();
        foreach ((YamlScalar name, YamlValue value) in settings.Options)
        {
            RecipeEntry entry = RecipeReader.ReadEntry(
                name, Filled(value, levels), _design.File, $"study {_design.Name}", RecipeOptions.Catalogue);
            entries.Add(entry with { Value = _places.FullPaths(entry.Option, entry.Value) });
        }

        return new RecipeLayer(entries);
    }

    private RecipeLayer Recipe(YamlScalar recipe, Dictionary<StudyFactor, StudyLevel> levels)
    {
        string name = ((YamlScalar)Filled(recipe, levels)).Text;
        if (!_recipes.TryGetValue(name, out RecipeLayer? layer))
        {
            string file = Path.GetFullPath(name, _places.Recipes);
            try
            {
                layer = (File.Exists(file) ? RecipeFile.Read(file) : RecipeFile.Open(name)).WithFullPaths(_places.Recipes);
            }
            catch (RadaptException e)
            {
                throw new RadaptException($"{_design.File}:{recipe.Line}: {e.Message}", e);
            }

            _recipes[name] = layer;
        }

        return layer;
    }

    private YamlValue Filled(YamlValue value, Dictionary<StudyFactor, StudyLevel> levels) => value switch
    {
        YamlScalar scalar => scalar with { Text = Placeholder().Replace(scalar.Text, m => Word(m.Groups[1].Value, scalar.Line, levels)) },
        YamlList list => list with { Items = [.. list.Items.Select(i => Filled(i, levels))] },
        YamlMap map => map with { Entries = [.. map.Entries.Select(e => (e.Key, Filled(e.Value, levels)))] },
        _ => value,
    };

    private string Word(string name, long line, Dictionary<StudyFactor, StudyLevel> levels) =>
        EnumNames.Find(typeof(StudyFactor), name) is StudyFactor factor && levels.TryGetValue(factor, out StudyLevel? level) ? level.Word
        : throw new RadaptException($"{_design.File}:{line}: {{{name}}} stands for no factor of this study; there are "
            + $"{string.Join(", ", levels.Keys.Order().Select(f => $"{{{f.Spelled()}}}"))}.");

    private void RequireWhole(StudyCell cell)
    {
        PartialRecipe given = cell.Given;
        string? missing = !given.Has((DataOptions d) => d.Data) && !given.Has((DataOptions d) => d.Train)
            ? "data (or train, val and test)"
            : !given.Has((ModelOptions m) => m.Weights) && !given.Value((ModelOptions m) => m.FromScratch) ? "weights or from-scratch: true"
            : null;
        if (missing is not null)
        {
            throw new RadaptException($"{_design.File}: {missing} is missing; give it in a section or under options.");
        }

        if (given.Data is { Folds: not null, Fold: null })
        {
            throw new RadaptException($"{_design.File}: a cell is one run, so that folds needs a fold.");
        }
    }

    [GeneratedRegex("\\{([a-z-]+)\\}")]
    private static partial Regex Placeholder();
}
