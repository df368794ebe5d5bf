using System.Text.Json.Nodes;
using Radapt.Datasets;

namespace Radapt.Cli;

/// <summary>Images, patients and labels of the parts of a data set, as commands show them.</summary>
internal static class PartTable
{
    /// <summary>A column a part.</summary>
    public static void Show(Terminal terminal, IReadOnlyList<string> findings,
        IReadOnlyList<(string Name, int Images, int? Patients, IReadOnlyList<LabelCounts> Counts)> parts)
    {
        var rows = new List<string[]> { Row("images", i => Figures.Count(parts[i].Images)) };
        if (parts.Any(p => p.Patients is not null))
        {
            rows.Add(Row("patients", i => parts[i].Patients is { } patients ? Figures.Count(patients) : "-"));
        }

        for (int f = 0; f < findings.Count; f++)
        {
            rows.Add(
                Row(findings[f],
                    i => $"{Figures.Count(parts[i].Counts[f].Positives)} of "
                        + $"{Figures.Count(parts[i].Counts[f].Positives + parts[i].Counts[f].Negatives)}"));
        }

        terminal.Rows(["", .. parts.Select(p => p.Name)], rows, [.. Enumerable.Range(1, parts.Count)]);

        string[] Row(string name, Func<int, string> cell) => [name, .. Enumerable.Range(0, parts.Count).Select(cell)];
    }

    /// <summary>Counts of every finding.</summary>
    public static JsonObject Json(IReadOnlyList<string> findings, IReadOnlyList<LabelCounts> counts) =>
        new(findings.Zip(counts, (f, c) => KeyValuePair.Create<string, JsonNode?>(f, new JsonObject
        {
            ["positives"] = c.Positives,
            ["negatives"] = c.Negatives,
            ["unknown"] = c.Unknown,
        })));
}
