using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Matching;

/// <summary>How the rows of a label table meet their image files; see <see cref="MatchedTable"/> for what comes of it.</summary>
/// <param name="o">Findings, and how rows are matched.</param>
/// <param name="notes">Receives lines to print.</param>
/// <param name="withSplits">Read the column <c>split</c>, without which rows are left out.</param>
/// <param name="isCheck">Rows without a usable image are not a reason to refuse the table.</param>
internal sealed class TableMatching(DataOptions o, ICollection<string> notes, bool withSplits, bool isCheck)
{
    private const double EnoughNamed = 0.95; // of the rows: the table names its files, and no other column needs to be tried
    private static readonly string[] s_frontal = ["frontal"];
    private static readonly string[] s_all = ["all"];

    /// <summary>Reads a table and finds its files.</summary>
    /// <exception cref="RadaptException">The table is malformed, or its files are not to be found.</exception>
    public MatchedTable Read(string file)
    {
        CsvCells cells = LabelTable.Cells(file, o, notes);
        TableColumns columns = TableColumns.Find(cells, o);
        if (o.ImageColumn is { } name)
        {
            columns = columns with { Image = LabelTable.Find(cells, name, "--image-column") };
        }

        var views = new ViewFilter(o.Views.Count > 0 ? o.Views : s_frontal);
        bool mayBeNamed = columns.Image >= 0 && o.Match is null or MatchKind.Path;
        if (mayBeNamed && ImageFiles.ShareThere([.. cells.Rows.Select(r => r.Cells[columns.Image])], file, o.ImageRoot) >= EnoughNamed)
        {
            return Named(cells, columns, ViewsOfNamed(views));
        }

        ImageFolder folder = ImageFolder.Read(o.ImageRoot ?? Path.GetDirectoryName(Path.GetFullPath(file))!, o.Headers);
        int[] candidates = o.ImageColumn is null ? Candidates(cells, columns) : [columns.Image];
        MatchKind[] kinds = o.Match is { } kind ? [kind] : Enum.GetValues<MatchKind>();
        RowMatch[] ways = Ways(cells, columns, candidates, kinds, folder, views);
        RowMatch? match = ways.Length == 0 ? null : MatchChoice.Choose(ways, cells, columns.Image, notes);
        if (match is { Matched: > 0 } && !(mayBeNamed && match.Column == columns.Image && match.Kind == MatchKind.Path
            && IsLiteral(match, cells, folder)))
        {
            return Matched(cells, columns with { Image = match.Column }, match, folder, views, candidates.Length);
        }

        return mayBeNamed ? Named(cells, columns, ViewsOfNamed(views)) // whose checks say what is missing, and where it was looked for
            : throw NothingMatched(cells, columns, folder, candidates, kinds);
    }

    private RowMatch[] Ways(
        CsvCells cells, TableColumns columns, int[] candidates, MatchKind[] kinds, ImageFolder folder, ViewFilter views)
    {
        var index = new FolderIndex(folder);
        // Patients' numbers are short, and may be others' accession numbers by accident.
        List<RowMatch> ways = [.. kinds.Order().Where(k => k != MatchKind.PatientDate).SelectMany(k => candidates
            .Where(c => o.ImageColumn is not null || !(k.IsOfStudy() && (c == columns.Patient || c == columns.Date)))
            .Select(c => RowMatch.Find(c, k, [.. cells.Rows.Select(r => r.Cells[c])], index, IsUsable)))];
        int patient = columns.Patient >= 0 ? columns.Patient : columns.Image;
        if (kinds.Contains(MatchKind.PatientDate) && patient >= 0 && columns.Date >= 0
            && (o.ImageColumn is null || columns.Image == patient))
        {
            foreach ((string order, DateOnly?[] days) in StudyDates.Read([.. cells.Rows.Select(r => r.Cells[columns.Date])]))
            {
                string?[] keys = [.. cells.Rows.Select((r, i) => days[i] is { } day && !LabelWords.IsNoName(r.Cells[patient])
                    ? FolderIndex.PatientDay(r.Cells[patient], day) : null)];
                ways.Add(RowMatch.Find(patient, MatchKind.PatientDate, keys, index, IsUsable) with { DateOrder = order });
            }
        }

        return [.. ways];

        bool IsUsable(int row, int i) => folder.Images[i].Refusal is null
            && views.Accepts(RowJoin.View(columns.View < 0 ? null : cells.Rows[row].Cells[columns.View], folder.Images[i]));
    }

    // Nothing was gained by listing the folder: the cells are the paths themselves.
    private static bool IsLiteral(RowMatch match, CsvCells cells, ImageFolder folder) => match.Images.Index().All(p =>
        p.Item.All(
            i => folder.Images[i].Name.Equals(ImageNames.Normal(cells.Rows[p.Index].Cells[match.Column]), StringComparison.Ordinal)));

    // A check looks at every image that the table names, unless it is told which views; matching by examination needs the views that a
    // training uses.
    private ViewFilter ViewsOfNamed(ViewFilter views) => isCheck && o.Views.Count == 0 ? new ViewFilter(s_all) : views;

    private MatchedTable Named(CsvCells cells, TableColumns columns, ViewFilter views)
    {
        LabelRows rows = LabelTable.Read(cells, columns, o, notes, withSplits, isCheck: isCheck);
        ImageFiles files = ImageFiles.Locate(rows.Rows, cells.File, o, notes);
        int[] there = [.. Enumerable.Range(0, rows.Rows.Count).Where(i => files.Exist[i])];
        FolderImage[] images = ImageFolder.WithHeaders(
            [.. there.Select(i => new FolderImage(files.Paths[i], rows.Rows[i].Name))], o.Headers);
        var join = new RowJoin(cells.File, views, images);
        var located = new List<LocatedRow>(rows.Rows.Count);
        int next = 0;
        for (int i = 0; i < rows.Rows.Count; i++)
        {
            located.AddRange(files.Exist[i] ? join.Add(rows.Rows[i], [next++])
                : [new LocatedRow(rows.Rows[i], cells.File, files.Paths[i], Exists: false)]);
        }

        MatchReport report = join.Report(isListed: false);
        bool isOfDicom = images.Any(i => i.Identity is not null || i.Refusal is not null);
        if (isOfDicom || report.OtherViews > 0)
        {
            Note(report, cells.File, views);
        }

        RequireRows(located.Count, report, cells.File, views);
        string? contradiction =
            PatientsOfRows.DecideInPlace(located, o, cells.Header.ElementAtOrDefault(columns.Patient), isCheck);
        List<DataChoice> choices = [ColumnChoice(cells, columns.Image, "it names the image files"),
            new("match", MatchKind.Path, "the cells are the files' paths")];
        if (isOfDicom || report.OtherViews > 0)
        {
            choices.Add(ViewsChoice(views));
        }

        return new MatchedTable(rows.Findings, located, rows.HasSplits, choices, isOfDicom ? report : null)
        {
            Cells = cells,
            ColumnsLine = rows.Columns!.Line(cells, columns),
            Contradiction = contradiction,
            Refused = join.Refused,
        };
    }

    private MatchedTable Matched(CsvCells cells, TableColumns columns, RowMatch match, ImageFolder folder, ViewFilter views, int tried)
    {
        LabelRows rows = LabelTable.Read(cells, columns, o, notes, withSplits, isNamed: false, isCheck);
        Dictionary<int, int> index = cells.Rows.Index().ToDictionary(r => r.Item.Line, r => r.Index);
        string how = $"{cells.File}, column '{cells.Header[match.Column]}', by {match.Kind.InWords()}";
        RefuseAmbiguous(match, [.. rows.Rows.Select(r => r.Line).Where(l => match.Usable[index[l]].Count > 1)], how);
        var join = new RowJoin(cells.File, views, folder.Images);
        List<LocatedRow> located = [.. rows.Rows.SelectMany(r => join.Add(r, match.Images[index[r.Line]]))];
        MatchReport report = join.Report(isListed: true) with { EmptyCells = rows.Rows.Count(r => r.Name.Length == 0) };
        RequireFiles(report, how, folder, Hints(cells, columns, folder, [match.Column]));
        Note(report, how, views);
        var examples = new MatchExamples(cells, columns, match, folder);
        RefuseOtherDays(cells, match, examples);
        notes.Add(examples.Line(o.PlainNames));
        RequireRows(located.Count, report, cells.File, views);
        string? contradiction =
            PatientsOfRows.DecideInPlace(located, o, cells.Header.ElementAtOrDefault(columns.Patient), isCheck);
        string most = tried == 1 ? "the column to try" : $"of {tried} columns, the one that matches the most";
        return new MatchedTable(
            rows.Findings, located, rows.HasSplits,
            [
                ColumnChoice(cells, match.Column, $"{most}: {match.Matched} of {cells.Rows.Count} rows"),
                new DataChoice("match", match.Kind, match.Kind == MatchKind.PatientDate
                    ? $"with column '{cells.Header[columns.Date]}', its cells match the files by {match.Kind.InWords()}"
                    : $"its cells match the files by {match.Kind.InWords()}"),
                ViewsChoice(views),
            ],
            report)
        {
            Cells = cells,
            ColumnsLine = rows.Columns!.Line(cells, columns),
            Contradiction = contradiction,
            WithoutFile = join.Missing,
            Refused = join.Refused,
            RefusedFiles = [.. folder.Images.Where((image, i) => image.Refusal is not null && !join.Means(i))],
        };
    }

    // Numbers and texts of any kind may name images; labels, splits, views and lists of findings do not.
    private int[] Candidates(CsvCells cells, TableColumns columns) =>
    [
        .. Enumerable.Range(0, cells.Header.Count)
            .Where(c => c != columns.Split && c != columns.View && cells.Header[c] != o.ClassColumn
                && cells.Header[c] != o.TextFindings && !o.Findings.Contains(cells.Header[c])
                && cells.Rows.Any(r => !ColumnReading.MayBeLabel(r.Cells[c])))
            .OrderBy(c => c != columns.Image),
    ];

    private void RefuseAmbiguous(RowMatch match, IReadOnlyList<int> lines, string how)
    {
        bool isOfStudy = match.Kind.IsOfStudy();
        if (lines.Count == 0 || (isOfStudy && o.StudyLabels))
        {
            return;
        }

        string what = isOfStudy
            ? "if labels apply to the whole examination, give --study-labels to label all of its images; "
                + "otherwise name a column that identifies "
                + "single images with --image-column and --match"
            : "write paths relative to --image-root, or match by another column (--image-column, --match)";
        throw new RadaptException(
            $"{how}: {lines.Count} row{(lines.Count == 1 ? " matches" : "s match")} several images ({MatchReport.Lines(lines)}); {what}.");
    }

    // Running numbers of a table and of files equal each other by themselves; if the days differ, they count different things.
    private void RefuseOtherDays(CsvCells cells, RowMatch match, MatchExamples examples)
    {
        (int same, int known) = examples.Days;
        if (match.IsOfBareNumbers && 2 * same < known && !(o.ImageColumn is not null && o.Match is not null))
        {
            throw new RadaptException(
                $"{cells.File}, {match.InWords(cells.Header)}: {match.Matched} of {cells.Rows.Count} "
                    + "rows have a file of that number, but the "
                    + $"date of the examination agrees with the header in only {same} of {known} rows: the "
                    + "numbers of rows may not be the numbers of "
                    + "files. Name the column that identifies the image with --image-column and --match, or give "
                    + $"{MatchChoice.Options(match, cells.Header)} if the files are right and the dates are not.");
        }
    }

    private void RequireFiles(MatchReport report, string how, ImageFolder folder, string hints)
    {
        if (report.WithoutFile.Count > RowChecks.MostMissing * report.Rows && !o.AllowMissingImages && !isCheck)
        {
            throw new RadaptException(
                $"{how}: {report.WithoutFile.Count} of {report.Rows} rows have no file below {folder.Root} "
                    + $"({MatchReport.Lines(report.WithoutFile)}); set --image-root, or leave them out with --allow-missing-images.{hints}");
        }
    }

    private void RequireRows(int located, MatchReport report, string file, ViewFilter views)
    {
        if (located == 0 && report.Rows > 0 && !isCheck)
        {
            throw new RadaptException(
                $"{file}: no row is left: {report.Refused.Count} refer to files that are not radiographs "
                    + $"or cannot be read, {report.OtherViews} "
                    + $"have views other than --views {views.Text}.");
        }
    }

    private RadaptException NothingMatched(CsvCells cells, TableColumns table, ImageFolder folder, int[] columns, MatchKind[] kinds)
    {
        string tried = columns.Length == 0 ? "every column holds labels"
            : $"tried {string.Join(", ", columns.Take(10).Select(c => $"'{cells.Header[c]}'"))}{(columns.Length > 10 ? ", …" : "")}";
        string what = folder.Images.Count == 0 ? "there is none: set --image-root"
            : "set --image-root, or name the column with --image-column";
        return new RadaptException(
            $"{cells.File}: no row matches one of the {folder.Images.Count} image files below {folder.Root} by "
                + $"{string.Join(", ", kinds.Select(k => k.InWords()))} ({tried}); {what}"
            + (o.Match is not null ? ", or leave out --match." : ".")
            + Hints(cells, table, folder, columns));
    }

    // Sentences on what may help, with a space before each.
    private string Hints(CsvCells cells, TableColumns table, ImageFolder folder, int[] columns)
    {
        (int Line, string Column)? lost = columns.Select(c => LostDigits.Find(cells, c) is { } line ? (line, cells.Header[c])
            : ((int, string)?)null)
            .FirstOrDefault(l => l is not null);
        return (o.Match is null or MatchKind.PatientDate && folder.Images.Any(i => i.Date is not null)
                && (table.Patient < 0 || table.Date < 0)
            ? " Rows can also be matched by patient and date: name the columns with --patient-column and --date-column." : "")
            + (lost is { } found ? $" Line {found.Line}, column '{found.Column}': {LostDigits.WhatToDo}" : "") + cells.OtherSheetsHint;
    }

    private void Note(MatchReport report, string table, ViewFilter views)
    {
        foreach (string line in report.Notes(table, views.Text, o.PlainNames, isCheck))
        {
            notes.Add(line);
        }
    }

    private static DataChoice ColumnChoice(CsvCells cells, int column, string reason) => new("image-column", cells.Header[column], reason);

    private static DataChoice ViewsChoice(ViewFilter views) =>
        new("views", views.Text.Split(','),
            "Radapt's choice: a lateral view shows a finding differently, and foundation models have mostly seen frontal ones");
}
