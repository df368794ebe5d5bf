using System.Globalization;
using Radapt.Datasets.Matching;

namespace Radapt.Datasets.Tables;

/// <summary>
/// A label table (CSV or a workbook's sheet): column <c>image</c>, optional <c>patient</c> and <c>split</c>, then one 0/1 column per
/// finding in which an empty
/// cell is unknown, or a column of class numbers. Other columns are allowed.
/// </summary>
internal static class LabelTable
{
    // As programs write them in English, and spreadsheets in the languages that their users set.
    private static readonly HashSet<string> s_true =
        new(StringComparer.OrdinalIgnoreCase) { "true", "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "sant", "prawda" };
    private static readonly HashSet<string> s_false =
        new(StringComparer.OrdinalIgnoreCase) { "false", "falsch", "faux", "falso", "onwaar", "falskt", "fałsz" };

    /// <summary>
    /// Reads a table whose rows name their image files; see
    /// <see cref="Read(CsvCells, TableColumns, DataOptions, ICollection{string}, bool, bool)"/>.
    /// </summary>
    /// <exception cref="RadaptException">The table is malformed or does not hold what is asked for.</exception>
    public static LabelRows Read(string file, DataOptions options, ICollection<string> notes, bool withSplits)
    {
        CsvCells cells = Cells(file, options, notes);
        TableColumns columns = TableColumns.Find(cells);
        int image = options.ImageColumn is { } name ? Find(cells, name, "--image-column") : columns.Image;
        return image >= 0 ? Read(cells, columns with { Image = image }, options, notes, withSplits)
            : throw new RadaptException(
                $"{file} has no column 'image' (it has {Listed(cells.Header)}): name the column of the image files "
                    + "'image', or give --image-column NAME.");
    }

    /// <summary>The cells of a text table or of a workbook's sheet; no two columns have the same name.</summary>
    /// <param name="file">The table.</param>
    /// <param name="options">The sheet of a workbook.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">The file is no table.</exception>
    public static CsvCells Cells(string file, DataOptions options, ICollection<string> notes)
    {
        bool isWorkbook = Spreadsheet.IsWorkbook(file);
        if (options.Sheet is not null && !isWorkbook)
        {
            throw new RadaptException($"--sheet is for Excel workbooks (.xlsx); {file} is none.");
        }

        CsvCells cells = isWorkbook ? Spreadsheet.Read(file, options.Sheet, notes) : CsvCells.Read(file);
        RefuseRepeatedColumns(cells);
        return cells.Rows.Count > 0 ? cells : throw new RadaptException($"{file} has a header and no rows.");
    }

    /// <summary>
    /// Reads the findings that <paramref name="options"/> ask for; without any, every column that holds 0, 1 and nothing else.
    /// </summary>
    /// <param name="cells">The table.</param>
    /// <param name="columns">Which columns are no findings; that of the image is there.</param>
    /// <param name="options">Findings, classes.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="withSplits">Read the column <c>split</c>.</param>
    /// <param name="isNamed">Every row must name its image.</param>
    /// <exception cref="RadaptException">The table is malformed or does not hold what is asked for.</exception>
    public static LabelRows Read(
        CsvCells cells, TableColumns columns, DataOptions options, ICollection<string> notes, bool withSplits, bool isNamed = true)
    {
        string file = cells.File;
        if (options.ClassLabels)
        {
            throw new RadaptException($"--class-labels is for split lists; {file} is a label table: use --class-column NAME.");
        }

        if (options.KeepClasses.Count > 0 && options.ClassColumn is null)
        {
            throw new RadaptException("--keep-classes needs --class-column NAME.");
        }

        (int image, int patient) = (columns.Image, columns.Patient);
        int split = withSplits ? columns.Split : -1;
        RequireResults(cells, [image, patient, split, columns.Study, columns.View]);
        (IReadOnlyList<int> kept, IReadOnlyList<string> findings, sbyte[]?[] labels) = options.ClassColumn is { } column
            ? ReadClasses(cells, column, options)
            : ReadFindings(cells, options, columns.All, notes);

        var rows = new List<LabelRow>(cells.Rows.Count);
        int otherClass = 0;
        int withoutSplit = 0;
        for (int i = 0; i < cells.Rows.Count; i++)
        {
            (int line, string[] row) = cells.Rows[i];
            if (isNamed && row[image].Length == 0)
            {
                throw new RadaptException($"{file} line {line}: the image name is empty.");
            }

            string? part = split < 0 ? null : SplitOf(row[split], file, line);
            if (labels[i] is not { } known)
            {
                otherClass++;
            }
            else if (split >= 0 && part is null)
            {
                withoutSplit++;
            }
            else
            {
                rows.Add(new LabelRow(line, row[image], Cell(row, patient), part, known)
                {
                    Study = Cell(row, columns.Study),
                    View = Cell(row, columns.View),
                });
            }
        }

        if (otherClass > 0)
        {
            notes.Add($"{file}: {otherClass} of {cells.Rows.Count} rows have none of the kept classes and were left out.");
        }

        if (withoutSplit > 0)
        {
            notes.Add($"{file}: {withoutSplit} of {cells.Rows.Count} rows have an empty cell in column 'split' and were left out.");
        }

        return new LabelRows(file, findings, rows, split >= 0, kept);
    }

    private static (IReadOnlyList<int> Kept, IReadOnlyList<string> Findings, sbyte[]?[] Labels) ReadClasses(
        CsvCells cells, string column, DataOptions options)
    {
        int ordinal = Find(cells, column, "--class-column");
        RequireResults(cells, [ordinal]);
        int?[] classes = [.. cells.Rows.Select(row => row.Cells[ordinal].Length == 0
            ? (int?)null
            : LabelClasses.Parse(row.Cells[ordinal], $"{cells.File} line {row.Line}, column '{column}'"))];
        return LabelClasses.ToFindings(classes, $"{cells.File}, column '{column}',", column, options);
    }

    private static (IReadOnlyList<int> Kept, IReadOnlyList<string> Findings, sbyte[]?[] Labels) ReadFindings(
        CsvCells cells, DataOptions options, IReadOnlyList<int> reserved, ICollection<string> notes)
    {
        int[] columns = options.Findings.Count > 0
            ? [.. options.Findings.Select(f => Find(cells, f, "--findings"))]
            : ChooseColumns(cells, reserved, notes);
        RequireResults(cells, columns);
        NoteMissingMarks(cells, columns, notes);
        var labels = new sbyte[]?[cells.Rows.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            (int line, string[] row) = cells.Rows[i];
            var values = new sbyte[columns.Length];
            for (int c = 0; c < columns.Length; c++)
            {
                values[c] = ParseLabel(row[columns[c]]) ?? throw BadLabel(cells, line, columns[c], row[columns[c]]);
            }

            labels[i] = values;
        }

        return ([], [.. columns.Select(c => cells.Header[c])], labels);
    }

    // A column that is mostly 0/1 is a finding with a slip in it rather than something else: better an error than a finding lost unseen.
    private static int[] ChooseColumns(CsvCells cells, IReadOnlyList<int> reserved, ICollection<string> notes)
    {
        var chosen = new List<int>();
        var others = new List<int>();
        foreach (int c in Enumerable.Range(0, cells.Header.Count).Except(reserved).Where(c => cells.Header[c].Length > 0))
        {
            int known = 0;
            int bad = 0;
            (int Line, string Cell)? firstBad = null;
            foreach ((int line, string[] row) in cells.Rows)
            {
                sbyte? label = ParseLabel(row[c]);
                known += label is >= 0 ? 1 : 0;
                bad += label is null ? 1 : 0;
                firstBad ??= label is null ? (line, row[c]) : null;
            }

            if (firstBad is { } slip && known >= bad)
            {
                throw BadLabel(cells, slip.Line, c, slip.Cell);
            }

            (firstBad is null && known > 0 ? chosen : others).Add(c);
            if (firstBad is null && known == 0)
            {
                RequireResults(cells, [c]); // a column of labels, had its formulas been computed
            }
        }

        if (chosen.Count == 0)
        {
            string found = others.Count == 0 ? "" : $" ({Listed(others.Select(c => cells.Header[c]))} hold other values)";
            throw new RadaptException(
                $"{cells.File} has no column of 0/1 labels{found}: add one column per finding, or name a "
                    + "column of class numbers by --class-column.");
        }

        if (others.Count > 0)
        {
            notes.Add(
                $"{cells.File}: findings are {Listed(chosen.Select(c => cells.Header[c]))}; not 0/1 and so not used: "
                    + $"{Listed(others.Select(c => cells.Header[c]))}.");
        }
        else
        {
            notes.Add($"{cells.File}: findings are {Listed(chosen.Select(c => cells.Header[c]))}.");
        }

        return [.. chosen];
    }

    /// <summary>The label that a cell holds: 1, 0, -1 (unknown); null: it holds something else.</summary>
    internal static sbyte? ParseLabel(string cell) =>
        cell is "0" ? 0 : cell is "1" ? 1 : cell.Length == 0 || MissingMarks.IsMark(cell) ? -1
        : s_true.Contains(cell) ? 1 : s_false.Contains(cell) ? 0
        // 1.0 is what a spreadsheet or data frame writes for 1 once a column has an empty cell, 1.000e+00 what a matrix becomes.
        : double.TryParse(cell.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is 0 or 1
        ? (sbyte)number
        : null;

    private static RadaptException BadLabel(CsvCells cells, int line, int column, string cell) => new(
        $"{cells.File} line {line}, column '{cells.Header[column]}': "
            + $"{(TableColumns.Find(cells).All.Contains(column) ? "its text" : ShownCell.Quote(cell))} is neither 0, 1 nor empty "
            + "(unknown); class numbers are read with "
        + "--class-column, and --findings names the columns to use.");

    // A formula that no program has computed yet has no value to read: taking it as empty would lose labels without a word.
    private static void RequireResults(CsvCells cells, IEnumerable<int> columns)
    {
        foreach (int column in columns.Where(c => c >= 0))
        {
            int[] lines = [.. cells.Uncomputed.Where(u => u.Column == column).Select(u => u.Line)];
            if (lines.Length > 0)
            {
                throw new RadaptException(
                    $"{cells.File}, column '{cells.Header[column]}': {lines.Length} "
                        + $"cell{(lines.Length == 1 ? " holds a formula" : "s hold formulas")} without a saved result "
                        + $"({MatchReport.Lines(lines)}): "
                    + "open the workbook in a spreadsheet program and save it, or replace formulas by their values.");
            }
        }
    }

    private static void NoteMissingMarks(CsvCells cells, int[] columns, ICollection<string> notes)
    {
        (int Line, string Mark)[] marks = [.. cells.Rows.SelectMany(r => columns.Select(c => (r.Line, Mark: r.Cells[c])))
            .Where(c => c.Mark.Length > 0 && MissingMarks.IsMark(c.Mark))];
        if (marks.Length > 0)
        {
            notes.Add(
                $"{cells.File}: {marks.Length} label{(marks.Length == 1 ? "" : "s")} "
                    + $"{string.Join(", ", marks.Select(m => m.Mark).Distinct().Take(5))} taken as unknown, like empty "
                    + $"cells (first in line {marks[0].Line}).");
        }
    }

    private static string? SplitOf(string cell, string file, int line) => cell.ToUpperInvariant() switch
    {
        _ when cell.Length == 0 || MissingMarks.IsMark(cell) => null,
        "TRAIN" => "train",
        "VAL" => "val",
        "TEST" => "test",
        _ => throw new RadaptException($"{file} line {line}, column 'split': {ShownCell.Quote(cell)} is neither train, val nor test."),
    };

    // A data frame's mark for a missing patient would otherwise be the patient of all such rows.
    private static string? Cell(string[] row, int column) => column >= 0 && row[column].Length > 0 && !MissingMarks.IsMark(row[column])
        ? row[column] : null;

    /// <summary>The column of this name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static int Find(CsvCells cells, string name, string option)
    {
        int ordinal = cells.Header.ToList().IndexOf(name);
        return ordinal >= 0 ? ordinal
            : throw new RadaptException($"{option} {name}: {cells.File} has no such column; it has {Listed(cells.Header)}.");
    }

    private static void RefuseRepeatedColumns(CsvCells cells)
    {
        string? repeated = cells.Header.Where(h => h.Length > 0).GroupBy(h => h, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Count() > 1)?.Key;
        if (repeated is not null)
        {
            throw new RadaptException($"{cells.File} has two columns named '{repeated}': rename or remove one.");
        }
    }

    private static string Listed(IEnumerable<string> names) => Listing.First(30, [.. names.Where(n => n.Length > 0)]);
}
