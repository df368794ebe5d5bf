namespace Radapt.Datasets;

/// <summary>
/// A label table whose rows met their image files: named by the table, or found by path, file name, SOPInstanceUID or AccessionNumber.
/// Headers of DICOM files tell patient, examination and view where the table does not, and what is no radiograph.
/// </summary>
/// <param name="Findings">Names in the order of the labels.</param>
/// <param name="Rows">Rows and their files, in the order of the table.</param>
/// <param name="HasSplits">The table says which row belongs to which split.</param>
/// <param name="Choices">What was chosen for the user.</param>
/// <param name="Report">How rows met files; null: the table names its files, and none is DICOM.</param>
internal sealed record MatchedTable(
    IReadOnlyList<string> Findings, IReadOnlyList<LocatedRow> Rows, bool HasSplits, IReadOnlyList<DataChoice> Choices, MatchReport? Report)
{
    private const double EnoughNamed = 0.95; // of the rows: the table names its files, and no other column needs to be tried
    private static readonly string[] s_frontal = ["frontal"];

    /// <summary>Reads a table and finds its files.</summary>
    /// <param name="file">The table.</param>
    /// <param name="o">Findings, and how rows are matched; see <see cref="DataOptions"/>.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="withSplits">Read the column <c>split</c>, without which rows are left out.</param>
    /// <exception cref="RadaptException">The table is malformed, or its files are not to be found.</exception>
    public static MatchedTable Read(string file, DataOptions o, ICollection<string> notes, bool withSplits)
    {
        CsvCells cells = LabelTable.Cells(file, o);
        TableColumns columns = TableColumns.Of(cells);
        if (o.ImageColumn is { } name)
        {
            columns = columns with { Image = LabelTable.Find(cells, name, "--image-column") };
        }

        var views = new ViewFilter(o.Views.Count > 0 ? o.Views : s_frontal);
        bool mayBeNamed = columns.Image >= 0 && o.Match is null or "path";
        if (mayBeNamed && ImageFiles.ShareThere([.. cells.Rows.Select(r => r.Cells[columns.Image])], file, o.ImageRoot) >= EnoughNamed)
        {
            return Named(cells, columns, o, views, notes, withSplits);
        }

        ImageFolder folder = ImageFolder.Read(o.ImageRoot ?? Path.GetDirectoryName(Path.GetFullPath(file))!);
        int[] candidates = o.ImageColumn is null ? Candidates(cells, columns, o) : [columns.Image];
        MatchKind[] kinds = o.Match is { } kind ? [MatchKinds.Parse(kind)] : Enum.GetValues<MatchKind>();
        RowMatch? match = candidates.Length == 0 ? null : RowMatch.Best(cells.Rows, candidates, kinds, folder, (row, i) =>
            folder.Images[i].Refusal is null && views.Accepts(RowJoin.View(columns.View < 0 ? null : cells.Rows[row].Cells[columns.View], folder.Images[i])));
        if (match is { Matched: > 0 } && !(mayBeNamed && match.Column == columns.Image && match.Kind == MatchKind.Path && IsLiteral(match, cells, folder)))
        {
            return Matched(cells, columns with { Image = match.Column }, o, match, folder, views, candidates.Length, notes, withSplits);
        }

        return mayBeNamed ? Named(cells, columns, o, views, notes, withSplits) // whose checks say what is missing, and where it was looked for
            : throw NothingMatched(cells, o, folder, candidates, kinds);
    }

    // Nothing was gained by listing the folder: the cells are the paths themselves.
    private static bool IsLiteral(RowMatch match, CsvCells cells, ImageFolder folder) => match.Images.Index().All(p =>
        p.Item.All(i => folder.Images[i].Name.Equals(ImageNames.Normal(cells.Rows[p.Index].Cells[match.Column]), StringComparison.OrdinalIgnoreCase)));

    private static MatchedTable Named(CsvCells cells, TableColumns columns, DataOptions o, ViewFilter views, ICollection<string> notes, bool withSplits)
    {
        LabelRows rows = LabelTable.Read(cells, columns, o, notes, withSplits);
        ImageFiles files = ImageFiles.Locate([.. rows.Rows.Select(r => r.Name)], cells.File, o.ImageRoot, notes);
        int[] there = [.. Enumerable.Range(0, rows.Rows.Count).Where(i => files.Exist[i])];
        FolderImage[] images = ImageFolder.WithHeaders([.. there.Select(i => new FolderImage(files.Paths[i], rows.Rows[i].Name))]);
        var join = new RowJoin(cells.File, views, images, isNamed: true);
        var located = new List<LocatedRow>(rows.Rows.Count);
        int next = 0;
        for (int i = 0; i < rows.Rows.Count; i++)
        {
            located.AddRange(files.Exist[i] ? join.Add(rows.Rows[i], [next++]) : [new LocatedRow(rows.Rows[i], cells.File, files.Paths[i], Exists: false)]);
        }

        MatchReport report = join.Report(isListed: false);
        bool isOfDicom = images.Any(i => i.Identity is not null || i.Refusal is not null);
        Show(isOfDicom ? report.Notes(cells.File, views.Text) : report.Notes(cells.File, views.Text).Where(_ => report.OtherViews > 0), notes);
        RequireRows(located, report, cells.File, views);
        List<DataChoice> choices = [ColumnChoice(cells, columns.Image, "it names the image files"), new("match", MatchKind.Path.Name(), "the cells are the files' paths")];
        if (isOfDicom || report.OtherViews > 0)
        {
            choices.Add(ViewsChoice(views));
        }

        return new MatchedTable(rows.Findings, located, rows.HasSplits, choices, isOfDicom ? report : null);
    }

    private static MatchedTable Matched(
        CsvCells cells, TableColumns columns, DataOptions o, RowMatch match, ImageFolder folder, ViewFilter views, int tried, ICollection<string> notes, bool withSplits)
    {
        LabelRows rows = LabelTable.Read(cells, columns, o, notes, withSplits, isNamed: false);
        Dictionary<int, int> index = cells.Rows.Index().ToDictionary(r => r.Item.Line, r => r.Index);
        string how = $"{cells.File}, column '{cells.Header[match.Column]}', by {match.Kind.InWords()}";
        RefuseAmbiguous(match, [.. rows.Rows.Select(r => r.Line).Where(l => match.Usable[index[l]].Count > 1)], o, how);
        var join = new RowJoin(cells.File, views, folder.Images, isNamed: false);
        LocatedRow[] located = [.. rows.Rows.SelectMany(r => join.Add(r, match.Images[index[r.Line]]))];
        MatchReport report = join.Report(isListed: true);
        RequireFiles(report, o, how, folder.Root);
        Show(report.Notes(how, views.Text), notes);
        RequireRows(located, report, cells.File, views);
        string most = tried == 1 ? "the column to try" : $"of {tried} columns, the one that matches the most";
        return new MatchedTable(
            rows.Findings, located, rows.HasSplits,
            [
                ColumnChoice(cells, match.Column, $"{most}: {match.Matched} of {cells.Rows.Count} rows"),
                new DataChoice("match", match.Kind.Name(), $"what its cells are to the files: {match.Kind.InWords()}"),
                ViewsChoice(views),
            ],
            report);
    }

    // Numbers and texts of any kind may name images; labels, splits and views do not.
    private static int[] Candidates(CsvCells cells, TableColumns columns, DataOptions o) =>
    [
        .. Enumerable.Range(0, cells.Header.Count)
            .Where(c => c != columns.Split && c != columns.View && cells.Header[c] != o.ClassColumn && !o.Findings.Contains(cells.Header[c])
                && cells.Rows.Any(r => LabelTable.ParseLabel(r.Cells[c]) is null))
            .OrderBy(c => c != columns.Image),
    ];

    private static void RefuseAmbiguous(RowMatch match, IReadOnlyList<int> lines, DataOptions o, string how)
    {
        bool isOfStudy = match.Kind == MatchKind.Accession;
        if (lines.Count == 0 || (isOfStudy && o.StudyLabels))
        {
            return;
        }

        string what = isOfStudy
            ? "if their labels hold for the whole examination, give --study-labels to label all of its images; else name a column of single images by --image-column and --match"
            : "write paths relative to --image-root, or match by another column (--image-column, --match)";
        throw new RadaptException($"{how}: {lines.Count} row{(lines.Count == 1 ? " matches" : "s match")} several images ({MatchReport.Lines(lines)}); {what}.");
    }

    private static void RequireFiles(MatchReport report, DataOptions o, string how, string root)
    {
        if (report.WithoutFile.Count > RowChecks.MostMissing * report.Rows && !o.AllowMissingImages)
        {
            throw new RadaptException(
                $"{how}: {report.WithoutFile.Count} of {report.Rows} rows have no file below {root} ({MatchReport.Lines(report.WithoutFile)}); set --image-root, or leave them out with --allow-missing-images.");
        }
    }

    private static void RequireRows(IReadOnlyList<LocatedRow> located, MatchReport report, string file, ViewFilter views)
    {
        if (located.Count == 0 && report.Rows > 0)
        {
            throw new RadaptException(
                $"{file}: no row is left: {report.Refused.Count} mean files that are no radiographs or cannot be read, {report.OtherViews} are of other views than --views {views.Text}.");
        }
    }

    private static RadaptException NothingMatched(CsvCells cells, DataOptions o, ImageFolder folder, int[] columns, MatchKind[] kinds)
    {
        string tried = columns.Length == 0 ? "every column holds labels" : $"tried {string.Join(", ", columns.Take(10).Select(c => $"'{cells.Header[c]}'"))}{(columns.Length > 10 ? ", …" : "")}";
        string what = folder.Images.Count == 0 ? "there is none: set --image-root" : "set --image-root, or name the column by --image-column";
        return new RadaptException(
            $"{cells.File}: no row means one of the {folder.Images.Count} image files below {folder.Root} by {string.Join(", ", kinds.Select(k => k.InWords()))} ({tried}); {what}"
            + (o.Match is not null ? ", or leave out --match." : "."));
    }

    private static void Show(IEnumerable<string> lines, ICollection<string> notes)
    {
        foreach (string line in lines)
        {
            notes.Add(line);
        }
    }

    private static DataChoice ColumnChoice(CsvCells cells, int column, string reason) => new("image-column", cells.Header[column], reason);

    private static DataChoice ViewsChoice(ViewFilter views) =>
        new("views", views.Text.Split(','), "ours: a lateral view shows a finding otherwise, and foundation models have mostly seen frontal ones");
}
