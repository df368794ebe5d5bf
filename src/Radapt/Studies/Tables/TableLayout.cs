using Radapt.Options;
using Radapt.Recipes;
using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>Which factors of a study are rows and which are columns, and with what its cells are compared.</summary>
/// <param name="Name">As it is typed: <c>grid</c>, or the number of the paper's table.</param>
/// <param name="Rows">The factors of the rows, the slowest first.</param>
/// <param name="Columns">The factors of the columns, the slowest first.</param>
internal sealed record TableLayout(string Name, IReadOnlyList<StudyFactor> Rows, IReadOnlyList<StudyFactor> Columns)
{
    private const string GridName = "grid", LayoutKey = "layout", DifferenceKey = "difference";

    /// <summary>
    /// The forms of the paper's tables: 1: method by data and fraction; 2: methods (ranks) by fraction, each row with columns of its own;
    /// 3: weights (epochs of pre-training), 4: weights (sizes of the backbone), 5: weights (kinds of backbone), by method.
    /// </summary>
    private static readonly Dictionary<string, (StudyFactor[] Rows, StudyFactor[] Columns, StudyFactor[] Compared)> s_paper = new()
    {
        ["1"] = ([StudyFactor.Weights, StudyFactor.Method], [StudyFactor.Data, StudyFactor.Fraction], [StudyFactor.Method]),
        ["2"] = ([StudyFactor.Fraction], [StudyFactor.Method], []),
        ["3"] = ([StudyFactor.Method, StudyFactor.Weights], [], [StudyFactor.Weights]),
        ["4"] = ([StudyFactor.Method, StudyFactor.Weights], [], [StudyFactor.Method, StudyFactor.Weights]),
        ["5"] = ([StudyFactor.Method, StudyFactor.Weights], [], [StudyFactor.Method, StudyFactor.Weights]),
    };

    /// <summary>What may be typed.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_paper.Keys, GridName];

    /// <summary>Whether each row has columns of its own, so that headings stand in every row.</summary>
    public bool HasOwnColumns => Name == "2";

    /// <summary>The levels that take the place of a cell's own for its reference, by factor; empty: nothing is compared.</summary>
    public IReadOnlyDictionary<StudyFactor, string> Reference { get; init; } = new Dictionary<StudyFactor, string>();

    /// <summary>The layout that a study asks for.</summary>
    /// <param name="design">The study.</param>
    /// <param name="given">What was typed; null: what the study file says, else a grid.</param>
    /// <exception cref="RadaptException">There is no such layout, or it cannot show all that varies.</exception>
    public static TableLayout For(StudyDesign design, string? given = null)
    {
        string? told = null;
        IReadOnlyDictionary<StudyFactor, string>? reference = null;
        foreach ((YamlScalar key, YamlValue value) in design.Table?.Entries ?? [])
        {
            switch (key.Text)
            {
                case LayoutKey when value is YamlScalar { IsNull: false } name: told = name.Text; break;
                case DifferenceKey when value is YamlMap levels: reference = ReadReference(design, levels); break;
                default:
                    throw new RadaptException($"{design.File}:{key.Line}: {key.Text}: a table has a layout ({string.Join(", ", Names)}) "
                    + $"and a difference such as {{method: full}}.");
            }
        }

        string chosen = given ?? told ?? GridName;
        if (chosen != GridName && !s_paper.ContainsKey(chosen))
        {
            string where = given is null ? $"{design.File}:{design.Table!.Line}: {LayoutKey}" : $"--{LayoutKey}";
            throw new RadaptException($"{where} must be one of {string.Join(", ", Names)}, not '{chosen}'.");
        }

        TableLayout layout = chosen == GridName
            ? new TableLayout(GridName, Varying(design, StudyFactor.Weights, StudyFactor.Method),
                Varying(design, StudyFactor.Data, StudyFactor.Fraction))
            : new TableLayout(chosen, s_paper[chosen].Rows, s_paper[chosen].Columns)
            {
                Reference = s_paper[chosen].Compared.Where(f => design.Levels(f).Count > 1)
                    .ToDictionary(f => f, f => design.Levels(f)[0].Key),
            };
        layout.RequireAll(design);
        return reference is null ? layout : layout with { Reference = reference };
    }

    private static StudyFactor[] Varying(StudyDesign design, params StudyFactor[] factors) =>
        [.. factors.Where(f => design.Levels(f).Count > 1)];

    private static Dictionary<StudyFactor, string> ReadReference(StudyDesign design, YamlMap levels)
    {
        var reference = new Dictionary<StudyFactor, string>();
        foreach ((YamlScalar key, YamlValue value) in levels.Entries)
        {
            if (EnumNames.Find(typeof(StudyFactor), key.Text) is not StudyFactor factor || value is not YamlScalar level
                || design.Levels(factor).All(l => l.Key != level.Text))
            {
                throw new RadaptException($"{design.File}:{key.Line}: a difference names a level of a factor, such as {{method: full}}.");
            }

            reference[factor] = level.Text;
        }

        return reference;
    }

    private void RequireAll(StudyDesign design)
    {
        foreach (StudyFactor factor in design.Factors.Keys.Where(f => f != StudyFactor.Seed && design.Levels(f).Count > 1))
        {
            if (!Rows.Contains(factor) && !Columns.Contains(factor))
            {
                throw new RadaptException($"--layout {Name} does not show {factor.Spelled()}, of which this study has "
                    + $"{design.Levels(factor).Count} levels. Use --layout grid.");
            }
        }
    }
}
