using Radapt.Datasets.Matching;
using Radapt.Imaging.Dicom;

namespace Radapt.Datasets.Tables;

/// <summary>
/// A label table (CSV or a workbook's sheet): column <c>image</c>, optional <c>patient</c> and <c>split</c>, then one 0/1 column per
/// finding in which an empty
/// cell is unknown, or a column of class numbers. Other columns are allowed.
/// </summary>
internal static class LabelTable
{
    /// <summary>
    /// Reads a table whose rows name their image files; see
    /// <see cref="Read(CsvCells, TableColumns, DataOptions, ICollection{string}, bool, bool, bool)"/>.
    /// </summary>
    /// <exception cref="RadaptException">The table is malformed or does not hold what is asked for.</exception>
    public static LabelRows Read(string file, DataOptions options, ICollection<string> notes, bool withSplits)
    {
        CsvCells cells = Cells(file, options, notes);
        TableColumns columns = TableColumns.Find(cells, options);
        int image = options.ImageColumn is { } name ? Find(cells, name, "--image-column") : columns.Image;
        if (image < 0)
        {
            throw new RadaptException(
                $"{file} has no column 'image' (it has {ColumnReport.Listed(cells.Header)}): name the column of the image files "
                    + $"'image', or give --image-column NAME.{cells.OtherSheetsHint}");
        }

        columns = columns with { Image = image };
        LabelRows rows = Read(cells, columns, options, notes, withSplits);
        notes.Add(rows.Columns!.Line(cells, columns));
        return rows;
    }

    /// <summary>The cells of a text table or of a workbook's sheet; no two columns have the same name.</summary>
    /// <param name="file">The table.</param>
    /// <param name="options">The sheet of a workbook.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <exception cref="RadaptException">The file is not a table.</exception>
    public static CsvCells Cells(string file, DataOptions options, ICollection<string> notes)
    {
        bool isWorkbook = Spreadsheet.IsWorkbook(file);
        if (options.Sheet is not null && !isWorkbook)
        {
            throw new RadaptException($"--sheet is only for Excel workbooks (.xlsx), and {file} is not one.");
        }

        CsvCells cells = isWorkbook ? Spreadsheet.Read(file, options.Sheet, notes, c => HasFindings(c, options)) : CsvCells.Read(file);
        RefuseRepeatedColumns(cells);
        if (cells.Rows.Count == 0)
        {
            throw new RadaptException($"{file} has a header and no rows.{cells.OtherSheetsHint}");
        }

        if (cells.TitleLines > 0)
        {
            notes.Add($"{file}: the header is the row that names the columns; {Plural.Count(cells.TitleLines, "row")} "
                + "above it (a title or groups of columns) skipped.");
        }

        return cells;
    }

    // What was asked for by name, or a column of labels beside one that may tell the image; a legend of 0 and 1 has no such column.
    private static bool HasFindings(CsvCells cells, DataOptions o)
    {
        string[] asked = [.. new[] { o.ImageColumn, o.ClassColumn, o.TextFindings, o.PatientColumn }.OfType<string>(),
            .. o.ClassColumn is null
            && o.TextFindings is null ? o.Findings : []];
        if (asked.Length > 0)
        {
            return asked.All(a => cells.Header.Contains(a));
        }

        var given = new GivenValues(o.Values);
        ColumnReading[] columns = [.. Enumerable.Range(0, cells.Header.Count).Where(c => cells.Header[c].Length > 0)
            .Select(c => ColumnReading.Read(cells, c, given))];
        return columns.Any(c => c is { Bad: 0, Known: > 0 } && NamedColumns.Reason(cells.Header[c.Column]) is null)
            && columns.Any(c => c.Bad > 0);
    }

    /// <summary>
    /// Reads the findings that <paramref name="options"/> ask for; without any, every column that holds 0, 1 and nothing else.
    /// </summary>
    /// <param name="cells">The table.</param>
    /// <param name="columns">Which columns are not findings; that of the image is there.</param>
    /// <param name="options">Findings, classes.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="withSplits">Read the column <c>split</c>.</param>
    /// <param name="isNamed">Every row must name its image.</param>
    /// <param name="isCheck">Findings that say the same in all rows are read, too.</param>
    /// <exception cref="RadaptException">The table is malformed or does not hold what is asked for.</exception>
    public static LabelRows Read(
        CsvCells cells, TableColumns columns, DataOptions options, ICollection<string> notes, bool withSplits, bool isNamed = true,
        bool isCheck = false)
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
        RequireResults(cells, [image, patient, split, columns.Study, columns.View, columns.Date]);
        RefuseLostDigits(cells, patient);
        (IReadOnlyList<int> kept, FindingColumns findings) = options.ClassColumn is { } column
            ? ReadClasses(cells, column, options)
            : ([], options.TextFindings is not null ? TextFindings.Read(cells, options, notes)
                : FindingColumns.Read(cells, options, columns.All, isCheck, notes));

        int group = options.GroupColumn is not { } name
            || (DicomAttribute.IsKnown(name) && !cells.Header.Contains(name)) ? -1 : Find(cells, name, "--subgroup");
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

            string? part = split < 0 ? null : SplitOf(row[split], $"{file} line {line}, column '{cells.Header[split]}'");
            if (findings.Labels[i] is not { } known)
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
                    Fold = Cell(row, columns.Fold),
                    Group = Cell(row, group),
                });
            }
        }

        if (otherClass > 0)
        {
            notes.Add($"{file}: {otherClass} of {cells.Rows.Count} rows have none of the kept classes and were left out.");
        }

        if (withoutSplit > 0)
        {
            notes.Add($"{file}: {withoutSplit} of {cells.Rows.Count} rows have an empty cell in column '{cells.Header[split]}' and were left out.");
        }

        return new LabelRows(file, findings.Findings, rows, split >= 0, kept) { Columns = findings.Report };
    }

    private static (IReadOnlyList<int> Kept, FindingColumns Findings) ReadClasses(
        CsvCells cells, string column, DataOptions options)
    {
        int ordinal = Find(cells, column, "--class-column");
        RequireResults(cells, [ordinal]);
        int?[] classes = [.. cells.Rows.Select(row => row.Cells[ordinal].Length == 0
            ? (int?)null
            : LabelClasses.Parse(row.Cells[ordinal], $"{cells.File} line {row.Line}, column '{column}'"))];
        (IReadOnlyList<int> kept, IReadOnlyList<string> findings, sbyte[]?[] labels) =
            LabelClasses.ToFindings(classes, $"{cells.File}, column '{column}',", column, options);
        LabelCounts[] counts = [.. findings.Select((_, f) => new LabelCounts(
            labels.Count(l => l is not null && l[f] == 1), labels.Count(l => l is not null && l[f] == 0), 0))];
        return (kept, new FindingColumns(findings, labels, new ColumnReport([.. findings.Zip(counts)], [])));
    }

    // A formula that no program has computed yet has no value to read: taking it as empty would lose labels without a word.
    internal static void RequireResults(CsvCells cells, IEnumerable<int> columns)
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

    // Excel shows long numbers as 2,02E+11, and saves them so as text: many patients become one.
    private static void RefuseLostDigits(CsvCells cells, int column)
    {
        if (column >= 0 && LostDigits.Find(cells, column) is { } line)
        {
            throw new RadaptException($"{cells.File} line {line}, column '{cells.Header[column]}': {LostDigits.WhatToDo}");
        }
    }

    private static string? SplitOf(string cell, string where) =>
        LabelWords.Read(cell) == LabelWord.Unknown ? null : SplitNames.Part(cell) ?? throw new RadaptException(
            $"{where}: {ShownCell.Quote(cell)} is not train, val or test.");

    // A data frame's mark for a missing patient would otherwise be the patient of all such rows.
    private static string? Cell(string[] row, int column) => column < 0 || LabelWords.IsNoName(row[column]) ? null : row[column];

    /// <summary>The column of this name.</summary>
    /// <exception cref="RadaptException">There is none.</exception>
    public static int Find(CsvCells cells, string name, string option)
    {
        int ordinal = cells.Header.ToList().IndexOf(name);
        return ordinal >= 0 ? ordinal
            : throw new RadaptException($"{option} {name}: {cells.File} has no such column; it has {ColumnReport.Listed(cells.Header)}.");
    }

    private static void RefuseRepeatedColumns(CsvCells cells)
    {
        string? repeated = cells.Header.Where(h => h.Length > 0).GroupBy(h => h, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Count() > 1)?.Key;
        if (repeated is "0" or "1")
        {
            throw new RadaptException(
                $"{cells.File} has no header: its first line holds labels. Add a line above it that names the columns.");
        }

        if (repeated is not null)
        {
            throw new RadaptException($"{cells.File} has two columns named '{repeated}': rename or remove one.");
        }
    }
}
