namespace Radapt.Datasets.Checks;

/// <summary>Labels that cannot be right or teach nothing.</summary>
internal static class LabelProblems
{
    // What data sets call it; compared by letters alone.
    private static readonly string[] s_nothing = ["nofinding", "nofindings", "normal"];

    // CheXpert labels devices beside 'No Finding'.
    private static readonly string[] s_noDisease = ["supportdevices", "supportdevice"];

    /// <summary>Findings that are present everywhere or nowhere.</summary>
    public static IEnumerable<DataProblem> Constant(CheckedRows rows, IReadOnlyList<CheckedPart> parts)
    {
        for (int f = 0; f < rows.Findings.Count; f++)
        {
            LabelCounts all = Sum(parts.Select(p => p.Counts[f]));
            if (!all.HasBothClasses)
            {
                yield return Problem(rows.Findings[f], "", all, ProblemSeverity.Error);
                continue;
            }

            foreach (CheckedPart part in parts.Where(p => p.Name is not null && !p.Counts[f].HasBothClasses))
            {
                yield return Problem(rows.Findings[f], $" in {part.Name}", part.Counts[f], ProblemSeverity.Warning);
            }
        }
    }

    /// <summary>'No finding' together with a finding; a line an image.</summary>
    public static IEnumerable<DataProblem> Contradictions(CheckedRows rows)
    {
        int[] nothing = [.. Positions(rows.Findings, s_nothing)];
        int[] findings = [.. Enumerable.Range(0, rows.Findings.Count).Except(nothing).Except(Positions(rows.Findings, s_noDisease))];
        foreach (CheckedRow row in rows.Rows)
        {
            int none = nothing.FirstOrDefault(f => row.Row.Labels[f] == 1, -1);
            int some = none < 0 ? -1 : findings.FirstOrDefault(f => row.Row.Labels[f] == 1, -1);
            if (some >= 0)
            {
                yield return new DataProblem(
                    row.Row.Name, DataProblemKind.ContradictoryLabels, ProblemSeverity.Error,
                        $"both {rows.Findings[none]} and {rows.Findings[some]} are 1");
            }
        }
    }

    /// <summary>Images without a single known label.</summary>
    public static IEnumerable<DataProblem> Unknown(CheckedRows rows) => rows.Findings.Count == 0 ? []
        : rows.Rows.Where(r => r.Row.Labels.All(l => l < 0))
            .Select(r => new DataProblem(r.Row.Name, DataProblemKind.UnknownLabels, ProblemSeverity.Warning,
                "none of its labels is known, so it is of no use for training or testing"));

    private static DataProblem Problem(string finding, string where, LabelCounts counts, ProblemSeverity severity) => new(
        null, DataProblemKind.ConstantLabel, severity,
        counts.Positives + counts.Negatives == 0 ? $"{finding} is unknown everywhere{where}"
            : $"{finding} is {(counts.Positives > 0 ? "1" : "0")} in all {counts.Positives + counts.Negatives} "
                + $"known rows{where}: no AUROC is defined");

    private static LabelCounts Sum(IEnumerable<LabelCounts> counts) =>
        counts.Aggregate((a, b) => new LabelCounts(a.Positives + b.Positives, a.Negatives + b.Negatives, a.Unknown + b.Unknown));

    private static IEnumerable<int> Positions(IReadOnlyList<string> findings, string[] names) =>
        Enumerable.Range(0, findings.Count)
            .Where(f => names.Contains(new string([.. findings[f].Where(char.IsLetter).Select(char.ToLowerInvariant)])));
}
