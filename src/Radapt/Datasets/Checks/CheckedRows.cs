using Radapt.Datasets.Published;

namespace Radapt.Datasets.Checks;

/// <summary>A row and the number of its image among those that are read.</summary>
/// <param name="Row">As the table has it; labels are none where only images are given.</param>
/// <param name="Image">Number of its file in <see cref="CheckedRows.Paths"/>.</param>
/// <param name="Part">0, 1, 2 for train, val and test; -1: no split.</param>
/// <param name="Exists">Whether its file is there.</param>
/// <param name="Equipment">What the table says made the image.</param>
internal sealed record CheckedRow(LabelRow Row, int Image, int Part, bool Exists, string? Equipment);

/// <summary>The rows of everything that is checked. Nothing is refused that reading the images could still tell more about.</summary>
/// <param name="Findings">Names of the findings.</param>
/// <param name="Rows">In the order of the table, or of train, val and test lists.</param>
/// <param name="Paths">Every file once.</param>
internal sealed record CheckedRows(IReadOnlyList<string> Findings, IReadOnlyList<CheckedRow> Rows, IReadOnlyList<string> Paths)
{
    private static readonly string[] s_views = ["view", "viewposition", "view position", "projection"];
    private static readonly string[] s_equipment = ["manufacturer", "scanner", "device", "equipment", "manufacturermodelname", "manufacturer model name"];

    /// <summary>Reads tables and lists and looks for the files.</summary>
    /// <exception cref="RadaptException">A table or list is missing or malformed, or none of its images is there.</exception>
    public static CheckedRows Read(DataCheckOptions options, ICollection<string> notes)
    {
        if (options.Images.Count > 0)
        {
            string[] paths = [.. options.Images.Select(i => Path.GetFullPath(i, Path.GetFullPath(options.Data.ImageRoot ?? ".")))];
            return Numbered([], [.. options.Images.Zip(paths, (name, path) => new Located(new LabelRow(0, name, null, null, []), path, -1, true, null))]);
        }

        DataOptions o = options.Data;
        if (PublishedSource.Parse(o.Data) is { } published)
        {
            DataParts read = PublishedData.Read(published, o, Split.Names.ToArray(), notes);
            return Numbered(read.Findings, [.. read.Parts.SelectMany((p, part) => p.Select(r => new Located(r.Row, r.Path, part, r.Exists, null)))]);
        }

        var located = new List<Located>();
        if (o.Data is not null)
        {
            string file = Directory.Exists(o.Data) ? Path.Combine(o.Data, "labels.csv") : o.Data;
            LabelRows rows = Add(file, -1, o);
            return Numbered(rows.Findings, located);
        }

        LabelRows? first = null;
        foreach ((string? file, int part) in new[] { o.Train, o.Val, o.Test }.Select((f, p) => (f, p)).Where(p => p.f is not null))
        {
            // What the first list chose for the user (columns, names, classes) holds for the other lists.
            LabelRows rows = Add(file!, part, first is null ? o : o with { Findings = first.Findings, KeepClasses = first.KeptClasses });
            first ??= rows;
        }

        return first is null ? throw new RadaptException("No data is given: pass --data FILE.csv or DIR, or lists by --train, --val, --test with --image-root DIR.")
            : Numbered(first.Findings, located);

        LabelRows Add(string file, int part, DataOptions how)
        {
            LabelRows rows = LabelRows.Read(file, how, notes, withSplits: part < 0);
            ImageFiles files = ImageFiles.Locate([.. rows.Rows.Select(r => r.Name)], file, o.ImageRoot, notes);
            SourceColumns? columns = LabelRows.IsTable(file) ? SourceColumns.Of(CsvCells.Read(file)) : null;
            for (int i = 0; i < rows.Rows.Count; i++)
            {
                LabelRow row = rows.Rows[i];
                row = row with { View = row.View ?? columns?.View(row.Line) };
                int own = part >= 0 ? part : row.Split is null ? -1 : Split.Names.ToList().IndexOf(row.Split);
                located.Add(new Located(row, files.Paths[i], own, files.Exist[i], columns?.Equipment(row.Line)));
            }

            return rows;
        }
    }

    private static CheckedRows Numbered(IReadOnlyList<string> findings, List<Located> located)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new CheckedRow[located.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            Located l = located[i];
            if (!numbers.TryGetValue(l.Path, out int number))
            {
                numbers.Add(l.Path, number = numbers.Count);
            }

            rows[i] = new CheckedRow(l.Row, number, l.Part, l.Exists, l.Equipment);
        }

        return new CheckedRows(findings, rows, [.. numbers.OrderBy(n => n.Value).Select(n => n.Key)]);
    }

    private sealed record Located(LabelRow Row, string Path, int Part, bool Exists, string? Equipment);

    /// <summary>Columns that say where an image comes from; labels are read without them.</summary>
    private sealed class SourceColumns
    {
        private readonly Dictionary<int, string[]> _lines;
        private readonly int _view;
        private readonly int _equipment;

        private SourceColumns(CsvCells cells)
        {
            _lines = cells.Rows.ToDictionary(r => r.Line, r => r.Cells);
            _view = Array.FindIndex([.. cells.Header], h => s_views.Contains(h.ToLowerInvariant()));
            _equipment = Array.FindIndex([.. cells.Header], h => s_equipment.Contains(h.ToLowerInvariant()));
        }

        public static SourceColumns Of(CsvCells cells) => new(cells);

        public string? View(int line) => Cell(line, _view);

        public string? Equipment(int line) => Cell(line, _equipment);

        private string? Cell(int line, int column) => column >= 0 && _lines[line][column] is { Length: > 0 } cell ? cell : null;
    }
}
