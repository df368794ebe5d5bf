using Radapt.Datasets.Matching;
using Radapt.Datasets.Published;
using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Checks;

/// <summary>A row and the number of its image among those that are read.</summary>
/// <param name="Row">As the table has it; labels are none where only images are given.</param>
/// <param name="Image">Number of its file in <see cref="CheckedRows.Paths"/>.</param>
/// <param name="Part">0, 1, 2 for train, val and test; -1: no split.</param>
/// <param name="Exists">Whether its file is there.</param>
/// <param name="Equipment">What the table says made the image.</param>
internal sealed record CheckedRow(LabelRow Row, int Image, int Part, bool Exists, string? Equipment)
{
    /// <summary>What messages call its image.</summary>
    public required string Shown { get; init; }
}

/// <summary>The rows of everything that is checked. Nothing is refused that reading the images could still tell more about.</summary>
/// <param name="Findings">Names of the findings.</param>
/// <param name="Rows">In the order of the table, or of train, val and test lists.</param>
/// <param name="Paths">Every file once.</param>
internal sealed record CheckedRows(IReadOnlyList<string> Findings, IReadOnlyList<CheckedRow> Rows, IReadOnlyList<string> Paths)
{
    private static readonly string[] s_views = ["view", "viewposition", "view position", "projection"];
    private static readonly string[] s_equipment =
        ["manufacturer", "scanner", "device", "equipment", "manufacturermodelname", "manufacturer model name"];

    /// <summary>What matching rows to files has to say: rows without a file, rows and files that are refused.</summary>
    public IReadOnlyList<DataProblem> OfMatching { get; private init; } = [];

    /// <summary>Reads tables and lists and looks for the files, label tables by the same matching as a training.</summary>
    /// <exception cref="RadaptException">A table or list is missing or malformed, or none of its images is there.</exception>
    public static CheckedRows Read(DataCheckOptions options, ICollection<string> notes)
    {
        DataOptions o = options.Data;
        DataReader.RefuseTwoSources(o);
        if (options.Images.Count > 0)
        {
            DataReader.RefuseLabelOptions(o, "a folder of images");
            string root = Path.GetFullPath(o.ImageRoot ?? ".");
            return Numbered([], [.. options.Images.Select((name, i) => new Located(
                new LocatedRow(new LabelRow(i + 1, name, null, null, []), root, Path.GetFullPath(name, root), Exists: true),
                    -1, null))], o);
        }

        if (PublishedSource.Parse(o.Data) is { } published)
        {
            DataReader.RefuseTableOptions(o, published.Text);
            DataParts read = PublishedData.Read(published, o, Split.Names.ToArray(), notes);
            return Numbered(read.Findings, [.. read.Parts.SelectMany((p, part) => p.Select(r => new Located(r, part, null)))], o);
        }

        DataReader.RefusePublishedOptions(o);
        DataReader.RefuseDraws(o, o.Data ?? "a list");
        var located = new List<Located>();
        if (o.Data is not null)
        {
            string file = DataReader.TableFile(o.Data);
            if (LabelRows.IsTable(file))
            {
                MatchedTable table = MatchedTable.Read(file, o, notes, withSplits: true, isCheck: true);
                notes.Add(table.ColumnsLine);
                return FromTable(table, file, o);
            }

            DataReader.RefuseTableOptions(o, file);
            LabelRows rows = Add(file, -1, o);
            return Numbered(rows.Findings, located, o);
        }

        DataReader.RefuseTableOptions(o, "split lists");
        LabelRows? first = null;
        foreach ((string? file, int part) in new[] { o.Train, o.Val, o.Test }.Select((f, p) => (f, p)).Where(p => p.f is not null))
        {
            // What the first list chose for the user (columns, names, classes) holds for the other lists.
            LabelRows rows = Add(file!, part, first is null ? o : o with { Findings = first.Findings, KeepClasses = first.KeptClasses });
            first ??= rows;
        }

        return first is null
            ? throw new RadaptException(
                "No data is given: pass --data FILE.csv or DIR, or lists with --train, --val, --test and --image-root DIR.")
            : Numbered(first.Findings, located, o);

        LabelRows Add(string file, int part, DataOptions how)
        {
            LabelRows rows = LabelRows.Read(file, how, notes, withSplits: part < 0);
            ImageFiles files = ImageFiles.Locate(rows.Rows, file, o, notes);
            located.AddRange(
                rows.Rows.Select((row, i) => new Located(new LocatedRow(row, file, files.Paths[i], files.Exist[i]), part, null)));
            return rows;
        }
    }

    private static CheckedRows FromTable(MatchedTable table, string file, DataOptions o)
    {
        // A header that cannot be read is a finding about the image, told like all others; a CT is not to be read at all.
        LocatedRow[] unreadable = [.. table.Refused.Where(r => r.Image.IsUnreadable)
            .Select(r => new LocatedRow(RowJoin.Completed(r.Row, r.Image), file, r.Image.Path, Exists: true))];
        var columns = new SourceColumns(table.Cells);
        List<Located> located = [.. table.Rows.Concat(unreadable).Select(row => new Located(
            row with { Row = row.Row with { View = row.Row.View ?? columns.View(row.Row.Line) } },
            row.Row.Split is { } split ? Split.Names.ToList().IndexOf(split) : -1, columns.Equipment(row.Row.Line)))];
        string name = Path.GetFileName(file);
        return Numbered(table.Findings, located, o) with
        {
            OfMatching =
            [
                .. table.Contradiction is not { } patients ? [] : new[]
                {
                    new DataProblem(null, DataProblemKind.PatientContradiction, ProblemSeverity.Error, patients)
                    {
                        ShownImage = name,
                    },
                },
                .. table.WithoutFile.Select(
                    r => new DataProblem(r.Name, DataProblemKind.Missing, ProblemSeverity.Error,
                        "this row matches no file below the image root")
                {
                    ShownImage = $"{name}, line {r.Line}",
                }),
                .. table.Refused.Where(r => !r.Image.IsUnreadable).Select(r => new DataProblem(
                    r.Image.Name, DataProblemKind.Refused, ProblemSeverity.Error, $"not used: {r.Image.Refusal}; its row has no image")
                    {
                        ShownImage = $"{name}, line {r.Row.Line}",
                    }),
                .. table.RefusedFiles.Select(
                    i => new DataProblem(i.Name, DataProblemKind.Refused, ProblemSeverity.Note,
                        $"not used: {i.Refusal}; no row refers to it")
                {
                    ShownImage = "a file without a row",
                }),
            ],
        };
    }

    private static CheckedRows Numbered(IReadOnlyList<string> findings, List<Located> located, DataOptions o)
    {
        List<LocatedRow> decided = [.. located.Select(l => l.Row)];
        PatientPrivacy.DecideInPlace([decided], o.PlainNames);
        IReadOnlyList<LocatedRow> unified = PatientSpellings.Unify(decided, []);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new CheckedRow[located.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            LocatedRow row = unified[i];
            if (!numbers.TryGetValue(row.Path, out int number))
            {
                numbers.Add(row.Path, number = numbers.Count);
            }

            rows[i] = new CheckedRow(row.Row, number, located[i].Part, row.Exists, located[i].Equipment)
            {
                Shown = findings.Count > 0 || !row.IsPrivate ? row.Shown : $"image {row.Row.Line} of {rows.Length}",
            };
        }

        return new CheckedRows(findings, rows, [.. numbers.OrderBy(n => n.Value).Select(n => n.Key)]);
    }

    private sealed record Located(LocatedRow Row, int Part, string? Equipment);

    /// <summary>Columns that say where an image comes from; labels are read without them.</summary>
    private sealed class SourceColumns(CsvCells cells)
    {
        private readonly Dictionary<int, string[]> _lines = cells.Rows.ToDictionary(r => r.Line, r => r.Cells);
        private readonly int _view = Array.FindIndex([.. cells.Header], h => s_views.Contains(h.ToLowerInvariant()));
        private readonly int _equipment = Array.FindIndex([.. cells.Header], h => s_equipment.Contains(h.ToLowerInvariant()));

        public string? View(int line) => Cell(line, _view);

        public string? Equipment(int line) => Cell(line, _equipment);

        private string? Cell(int line, int column) => column >= 0 && _lines[line][column] is { Length: > 0 } cell ? cell : null;
    }
}
