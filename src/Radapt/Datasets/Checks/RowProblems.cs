namespace Radapt.Datasets.Checks;

/// <summary>What the rows say against each other, before any image is read.</summary>
internal static class RowProblems
{
    /// <summary>Files that are not there; a line an image.</summary>
    public static IEnumerable<DataProblem> Missing(CheckedRows rows) =>
        rows.Rows.Where(r => !r.Exists).DistinctBy(r => r.Image)
            .Select(r => new DataProblem(r.Row.Name, DataProblemKind.Missing, ProblemSeverity.Error, "there is no such file"));

    /// <summary>Rows that name a file again.</summary>
    public static IEnumerable<DataProblem> Repeated(CheckedRows rows)
    {
        foreach (IGrouping<int, CheckedRow> image in rows.Rows.GroupBy(r => r.Image).Where(g => g.Skip(1).Any()))
        {
            CheckedRow first = image.First();
            foreach (CheckedRow row in image.Skip(1))
            {
                string lines = $"lines {first.Row.Line} and {row.Row.Line}";
                bool isAcross = row.Part != first.Part;
                yield return new DataProblem(
                    row.Row.Name, DataProblemKind.Duplicate, isAcross ? ProblemSeverity.Error : ProblemSeverity.Warning,
                    isAcross ? $"the image is in {SplitName(first)} and in {SplitName(row)}"
                        : $"{lines} name the same image", first.Row.Name);
                if (Differs(first, row))
                {
                    yield return new DataProblem(
                        row.Row.Name, DataProblemKind.ContradictoryLabels, ProblemSeverity.Error,
                        $"{lines} give the same image different labels: {Differing(rows.Findings, first, row)}", first.Row.Name);
                }
            }
        }
    }

    /// <summary>
    /// Patients with images in two splits: a line a patient and further split, which names an image of each and never the patient.
    /// </summary>
    public static IEnumerable<DataProblem> SharedPatients(CheckedRows rows)
    {
        foreach (IGrouping<string, CheckedRow> patient in rows.Rows.Where(r => r.Row.Patient is not null && r.Part >= 0)
            .GroupBy(r => r.Row.Patient!, StringComparer.Ordinal))
        {
            CheckedRow[] firsts = [.. patient.DistinctBy(r => r.Part)];
            foreach (CheckedRow row in firsts.Skip(1))
            {
                yield return new DataProblem(
                    row.Row.Name, DataProblemKind.PatientInTwoSplits, ProblemSeverity.Error,
                    $"its patient has images in {SplitName(firsts[0])} ({patient.Count(r => r.Part == firsts[0].Part)}) and in "
                        + $"{SplitName(row)} ({patient.Count(r => r.Part == row.Part)})",
                    firsts[0].Row.Name);
            }
        }
    }

    /// <summary>The split of a row, in words.</summary>
    public static string SplitName(CheckedRow row) => row.Part < 0 ? "no split" : Split.Names[row.Part];

    /// <summary>Whether two rows contradict each other: unknown labels do not.</summary>
    public static bool Differs(CheckedRow a, CheckedRow b) =>
        a.Row.Labels.Zip(b.Row.Labels).Any(l => l.First >= 0 && l.Second >= 0 && l.First != l.Second);

    /// <summary>The findings in which two rows contradict each other.</summary>
    public static string Differing(IReadOnlyList<string> findings, CheckedRow a, CheckedRow b)
    {
        string[] names = [.. findings.Where((_, f) => a.Row.Labels[f] >= 0 && b.Row.Labels[f] >= 0 && a.Row.Labels[f] != b.Row.Labels[f])];
        return string.Join(", ", names.Take(5)) + (names.Length > 5 ? ", …" : "");
    }
}
