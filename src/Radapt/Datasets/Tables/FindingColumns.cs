namespace Radapt.Datasets.Tables;

/// <summary>The findings of a label table that has a column for each.</summary>
/// <param name="Findings">Names in the order of the labels.</param>
/// <param name="Labels">1, 0 or -1 per row and finding.</param>
/// <param name="Report">What the columns were taken for.</param>
internal sealed record FindingColumns(IReadOnlyList<string> Findings, sbyte[]?[] Labels, ColumnReport Report)
{
    /// <summary>
    /// Reads the columns that <c>--findings</c> names; without it, every column of labels in which present and absent both occur and whose
    /// name does not say that it is something else. If none has both, those with one are taken.
    /// </summary>
    /// <param name="cells">The table.</param>
    /// <param name="o">Findings and values.</param>
    /// <param name="reserved">Columns that are not findings.</param>
    /// <param name="keepConstant">Columns that say the same in all rows are findings too: a check has to tell of them.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">There is no such column, or a cell is not a label.</exception>
    public static FindingColumns Read(
        CsvCells cells, DataOptions o, IReadOnlyList<int> reserved, bool keepConstant, ICollection<string> notes)
    {
        var given = new GivenValues(o.Values);
        var unused = new List<(string Reason, string Column)>();
        ColumnReading[] columns = o.Findings.Count > 0
            ? [.. o.Findings.Select(f => ColumnReading.Read(cells, LabelTable.Find(cells, f, "--findings"), given))]
            : Choose(cells, given, reserved, keepConstant, unused);
        foreach (ColumnReading column in columns)
        {
            LabelTable.RequireResults(cells, [column.Column]);
            if (column.FirstBad is { } bad)
            {
                throw BadLabel(cells, bad.Line, column.Column, bad.Cell);
            }

            column.RequireClearDashes();
        }

        NoteMissingMarks(cells, columns, notes);
        if (given.NotFound.ToArray() is { Length: > 0 } never)
        {
            notes.Add($"{cells.File}: {string.Join(", ", never.Select(n => $"'{n}'"))} of --values not found in any column.");
        }

        string[] readings = [.. columns.SelectMany(c => c.Notes())];
        if (readings.Length > 0)
        {
            notes.Add($"{cells.File}: {string.Join("; ", readings.Take(6))}{(readings.Length > 6 ? $"; {readings.Length - 6} more of this kind" : "")}.");
        }

        var labels = new sbyte[]?[cells.Rows.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            string[] row = cells.Rows[i].Cells;
            labels[i] = [.. columns.Select(c => c.Label(row[c.Column])!.Value)];
        }

        string[] names = [.. columns.Select(c => cells.Header[c.Column])];
        return new FindingColumns(names, labels, new ColumnReport([.. names.Zip(columns.Select(c => c.Labels))], unused));
    }

    private static ColumnReading[] Choose(
        CsvCells cells, GivenValues given, IReadOnlyList<int> reserved, bool keepConstant, List<(string Reason, string Column)> unused)
    {
        var chosen = new List<ColumnReading>();
        var constant = new List<ColumnReading>();
        foreach (int c in Enumerable.Range(0, cells.Header.Count).Except(reserved).Where(c => cells.Header[c].Length > 0))
        {
            var column = ColumnReading.Read(cells, c, given);
            string name = cells.Header[c];
            string? reason = NamedColumns.Reason(name);
            if (reason is null && column.IsSlip)
            {
                throw BadLabel(cells, column.FirstBad!.Value.Line, c, column.FirstBad.Value.Cell);
            }

            if (column.Bad > 0)
            {
                unused.Add(("other values", name));
            }
            else if (column.Known == 0)
            {
                LabelTable.RequireResults(cells, [c]); // a column of labels, had its formulas been computed
                unused.Add(("no values", name));
            }
            else if (reason is not null)
            {
                unused.Add(($"{reason}; --findings uses it anyway", name));
            }
            else
            {
                (column.Varies ? chosen : constant).Add(column);
            }
        }

        // With nothing else to go by, a small table of one class is read as what it seems to be.
        if (keepConstant || chosen.Count == 0)
        {
            chosen = [.. chosen.Concat(constant).OrderBy(c => c.Column)];
        }
        else
        {
            unused.AddRange(constant.Select(c => (Constant(cells, c), cells.Header[c.Column])));
        }

        return chosen.Count > 0 ? [.. chosen] : throw NoFindings(cells, unused);
    }

    // A 1 beside empty cells often means present and absent; which of the two it is, only the user knows.
    private static string Constant(CsvCells cells, ColumnReading column) => column.Labels.Positives == 0 ? "never present"
        : cells.Rows.Any(r => r.Cells[column.Column].Length == 0) ? "never absent; --values==0 takes its empty cells as absent"
        : "never absent";

    private static RadaptException NoFindings(CsvCells cells, List<(string Reason, string Column)> unused)
    {
        string found = string.Join(", ", unused.GroupBy(u => u.Reason)
            .Select(g => $"{ColumnReport.Listed(g.Select(u => u.Column))} ({g.Key})"));
        return new RadaptException(
            $"{cells.File} has no column of labels (1 and 0, or words for yes and no){(found.Length > 0 ? $"; it has {found}" : "")}: add one "
                + "column per finding, say what other words mean with --values (such as fraglich=0), name a column that lists findings with "
                + $"--text-findings, or a column of class numbers with --class-column.{cells.OtherSheetsHint}");
    }

    private static RadaptException BadLabel(CsvCells cells, int line, int column, string cell) => new(
        $"{cells.File} line {line}, column '{cells.Header[column]}': "
            + $"{(TableColumns.Find(cells).All.Contains(column) ? "its text" : ShownCell.Quote(cell))} is neither 0, 1 nor empty "
            + "(unknown), nor a word for one of these: --values says what other words mean "
            + $"(such as {(ShownCell.MayShow(cell) && !cell.Contains('=') ? cell : "fraglich")}=0), class numbers are read with "
        + "--class-column, and --findings names the columns to use.");

    private static void NoteMissingMarks(CsvCells cells, ColumnReading[] columns, ICollection<string> notes)
    {
        (int Line, string Mark)[] marks = [.. cells.Rows.SelectMany(r => columns.Select(c => (r.Line, Mark: r.Cells[c.Column])))
            .Where(c => c.Mark.Length > 0 && LabelWords.Read(c.Mark) == LabelWord.Unknown)];
        if (marks.Length > 0)
        {
            notes.Add(
                $"{cells.File}: {Plural.Count(marks.Length, "label")} "
                    + $"{string.Join(", ", marks.Select(m => m.Mark).Distinct().Take(5))} read as unknown, like empty "
                    + $"cells (first in line {marks[0].Line}).");
        }
    }
}
