using System.Globalization;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>Figures that others published, to stand beside a study's own.</summary>
/// <param name="Source">Where they are from.</param>
/// <param name="Figures">AUROC in percent, and the cells that it belongs to.</param>
internal sealed record PublishedFigures(string Source, IReadOnlyList<(CellFilter Cells, double Auroc)> Figures)
{
    private const string SourceKey = "source", FiguresKey = "figures", AurocKey = "auroc";

    /// <summary>The figure of a cell; null: none was published.</summary>
    public double? Find(StudyCell cell) =>
        Figures.Where(f => f.Cells.Matches(cell.Levels)).Select(f => (double?)f.Auroc).FirstOrDefault();

    /// <summary>What a study file says; null: nothing.</summary>
    /// <exception cref="RadaptException">It is not read; the message names the line.</exception>
    public static PublishedFigures? Read(StudyDesign design)
    {
        if (design.Published is not { } section)
        {
            return null;
        }

        string? source = null;
        var figures = new List<(CellFilter, double)>();
        foreach ((YamlScalar key, YamlValue value) in section.Entries)
        {
            switch (key.Text)
            {
                case SourceKey when value is YamlScalar { IsNull: false } text: source = text.Text; break;
                case FiguresKey when value is YamlList list: figures.AddRange(list.Items.SelectMany(i => ReadFigures(design, i))); break;
                default: throw Wrong(design, key.Line, $"'{key.Text}' is not {SourceKey} or {FiguresKey}, or has no such value");
            }
        }

        return source is null ? throw Wrong(design, section.Line, "published figures need a source")
            : new PublishedFigures(source, figures);
    }

    // One figure, or a list of them beside the list of one factor's levels.
    private static IEnumerable<(CellFilter, double)> ReadFigures(StudyDesign design, YamlValue item)
    {
        if (item is not YamlMap map)
        {
            throw Wrong(design, item.Line, "a figure is a line such as {method: lora, fraction: 1%, auroc: 77.1}");
        }

        double[] values = [];
        var levels = new Dictionary<StudyFactor, string[]>();
        foreach ((YamlScalar key, YamlValue value) in map.Entries)
        {
            string[] texts = [.. (value is YamlList list ? list.Items : [value]).OfType<YamlScalar>().Select(s => s.Text)];
            if (key.Text == AurocKey)
            {
                values = [.. texts.Select(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double auroc)
                    && auroc is >= 0 and <= 100 ? auroc : throw Wrong(design, value.Line, $"{AurocKey} is in percent, not '{t}'"))];
            }
            else if (EnumNames.Find(typeof(StudyFactor), key.Text) is StudyFactor factor)
            {
                string? unknown = Array.Find(texts, t => design.Levels(factor).All(l => l.Key != t));
                levels[factor] = unknown is null ? texts : throw Wrong(design, value.Line, $"{key.Text} has no {unknown}");
            }
            else
            {
                throw Wrong(design, key.Line, $"'{key.Text}' is not a factor and not {AurocKey}");
            }
        }

        KeyValuePair<StudyFactor, string[]>[] lists = [.. levels.Where(l => l.Value.Length > 1)];
        if (values.Length == 0 || lists.Length > 1 || (lists.Length == 1 ? lists[0].Value.Length : 1) != values.Length)
        {
            throw Wrong(design, map.Line, $"{AurocKey} has as many figures as one factor has levels here, or one figure");
        }

        return values.Select((auroc, i) => (new CellFilter(levels.ToDictionary(
            l => l.Key, l => (IReadOnlyList<string>)(l.Value.Length > 1 ? [l.Value[i]] : l.Value))), auroc));
    }

    private static RadaptException Wrong(StudyDesign design, long line, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{design.File}:{line}: {what}."));
}
