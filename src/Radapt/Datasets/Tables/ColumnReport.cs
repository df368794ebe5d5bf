namespace Radapt.Datasets.Tables;

/// <summary>What each column of a label table was taken for.</summary>
/// <param name="Findings">Names, and how often each is present and absent.</param>
/// <param name="Unused">Columns that are not findings, by the reason.</param>
internal sealed record ColumnReport(IReadOnlyList<(string Name, LabelCounts Counts)> Findings,
    IReadOnlyList<(string Reason, string Column)> Unused)
{
    private const int Most = 30;

    /// <summary>One line: findings, then columns that tell something else, then those that are not used and why.</summary>
    /// <param name="cells">The table.</param>
    /// <param name="columns">Columns that tell something else.</param>
    public string Line(CsvCells cells, TableColumns columns)
    {
        string[] roles = [.. columns.Named().Where(c => c.Column >= 0 && c.Column < cells.Header.Count)
            .GroupBy(c => c.Column).Select(g => $"{string.Join(" and ", g.Select(c => c.Role))}: {cells.Header[g.Key]}")];
        string[] told = [.. columns.All.Where(c => c >= 0).Select(c => cells.Header[c])];
        string[] unused = [.. Unused.Where(u => !told.Contains(u.Column)).GroupBy(u => u.Reason)
            .Select(g => $"{Listed(g.Select(u => u.Column))} ({g.Key})")];
        return $"{cells.File}: findings are {Listed(Findings.Select(f => $"{f.Name} ({f.Counts.Positives} present, {f.Counts.Negatives} absent)"))}"
            + string.Concat(roles.Select(r => $"; {r}")) + (unused.Length > 0 ? $"; not used: {string.Join(", ", unused)}" : "") + ".";
    }

    /// <summary>Names in a sentence; at most 30.</summary>
    public static string Listed(IEnumerable<string> names) => Listing.First(Most, [.. names.Where(n => n.Length > 0)]);
}
