using System.Buffers;
using System.Globalization;
using Sylvan.Data.Csv;

namespace Radapt.Datasets.Tables;

/// <summary>
/// A delimited text file as a header and rows of cells, white space around cells removed. Rows without any content are left out;
/// every row has as many cells as the header.
/// </summary>
internal sealed record CsvCells(string File, IReadOnlyList<string> Header, IReadOnlyList<(int Line, string[] Cells)> Rows)
{
    /// <summary>
    /// Cells of a workbook that hold a formula without a saved result, by line and column; they are empty in <see cref="Rows"/>.
    /// </summary>
    public IReadOnlyList<(int Line, int Column)> Uncomputed { get; init; } = [];

    /// <summary>Lines above the header that were passed over: a title, a date, names of groups of columns.</summary>
    public int TitleLines { get; init; }

    /// <summary>Other sheets of the workbook, as messages show them.</summary>
    public IReadOnlyList<string> OtherSheets { get; init; } = [];

    /// <summary>A sentence for errors that another sheet may fix, with a space before it; empty: there is none.</summary>
    public string OtherSheetsHint => OtherSheets.Count == 0 ? ""
        : $" The workbook has other sheets (--sheet NAME reads one): {string.Join(", ", OtherSheets.Take(10))}.";

    private const long MostCells = 20_000_000; // a row counts for four more, which is what it takes in memory
    private const int RowCost = 4;

    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",;\t\"\r\n");

    /// <summary>Reads a file delimited by commas, semicolons, tabs or bars, whichever its first line has most of.</summary>
    /// <exception cref="RadaptException">The file is not text, or a row has another number of cells than the header.</exception>
    public static CsvCells Read(string file)
    {
        string text = TextFile.Read(file);
        int line = 1;
        char? stated = StatedDelimiter(text, out int start);
        if (start > 0)
        {
            (text, line) = (text[start..], 2);
        }

        using var content = new StringReader(text);
        var options = new CsvDataReaderOptions
        {
            HasHeaders = false, // read as a row: the reader would refuse or rename columns of one name without saying where
            Delimiter = stated ?? Delimiter(text),
            Comment = '\0', // '#' may begin an image name; '\0' never occurs in text
            BufferSize = 1 << 16,
            MaxBufferSize = 1 << 26,
        };
        var table = new RowCollector(file);
        var pool = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using CsvDataReader reader = CsvDataReader.Create(content, options);
            while (reader.Read())
            {
                if (Cells(reader, pool) is { } cells)
                {
                    table.Add(line, cells);
                }

                // Quoted cells may hold line breaks, so that the number of the row is not the number of the line.
                line += reader.GetRawRecordSpan().Count('\n');
            }
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
        {
            throw new RadaptException($"{file} line {line}: the quotes of this row do not match, or it is not a row of a table.", e);
        }

        return table.ToCells();
    }

    /// <summary>
    /// A cell as every table here is written: in quotes where it holds a delimiter, a quote or a line break (RFC 4180), and with an
    /// apostrophe before what a spreadsheet would run as a formula. <see cref="Read"/> takes the apostrophe away again.
    /// </summary>
    public static string Written(string cell)
    {
        string guarded = IsRun(cell) ? "'" + cell : cell;
        return guarded.AsSpan().IndexOfAny(s_quoted) < 0 ? guarded : $"\"{guarded.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // Spreadsheets run what begins so; numbers with a sign are harmless. A cell that looks guarded already gets one more apostrophe, so
    // that reading takes one away.
    private static bool IsRun(ReadOnlySpan<char> cell)
    {
        ReadOnlySpan<char> text = cell.TrimStart('\'');
        return text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r'
            && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    // Null: nothing is in the row.
    private static string[]? Cells(CsvDataReader reader, Dictionary<string, string> pool)
    {
        var cells = new string[reader.RowFieldCount];
        bool any = false;
        for (int i = 0; i < cells.Length; i++)
        {
            ReadOnlySpan<char> cell = reader.GetFieldSpan(i).Trim();
            any |= cell.Length > 0;
            cell = cell.Length > 1 && cell[0] == '\'' && IsRun(cell[1..]) ? cell[1..] : cell;
            cells[i] = cell.Length == 0 ? "" : Pooled(cell, pool);
        }

        return any ? cells : null;
    }

    // Labels and patients repeat a hundred thousand times; image names do not, and are not worth a look-up.
    private static string Pooled(ReadOnlySpan<char> cell, Dictionary<string, string> pool)
    {
        if (cell.Length > 12 || pool.Count > 4096)
        {
            return cell.ToString();
        }

        Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup = pool.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(cell, out string? known))
        {
            known = cell.ToString();
            pool.Add(known, known);
        }

        return known;
    }

    // The first line decides, unless the line after it does not have its delimiter: then it is a title, which need not have any.
    private static char Delimiter(string text)
    {
        char first = ',';
        int start = 0;
        for (int lines = 0; lines < HeaderRow.Looked && start < text.Length; lines++)
        {
            ReadOnlySpan<char> line = NextLine(text, ref start);
            int at = start;
            ReadOnlySpan<char> next = NextLine(text, ref at);
            char delimiter = MostOf(line, out int count);
            first = lines == 0 ? delimiter : first;
            if (count > 0 && (next.Length == 0 || next.Contains(delimiter)))
            {
                return delimiter;
            }
        }

        return first;
    }

    // The next line that is not empty.
    private static ReadOnlySpan<char> NextLine(string text, ref int start)
    {
        int skipped = text.AsSpan(start).IndexOfAnyExcept(" \r\n");
        if (skipped < 0)
        {
            start = text.Length;
            return [];
        }

        ReadOnlySpan<char> line = text.AsSpan(start + skipped);
        int end = line.IndexOfAny('\n', '\r');
        line = end < 0 ? line : line[..end];
        start += skipped + line.Length;
        return line;
    }

    private static char MostOf(ReadOnlySpan<char> line, out int count)
    {
        const string Known = ",;\t|";
        Span<int> counts = stackalloc int[Known.Length];
        bool quoted = false;
        foreach (char c in line)
        {
            quoted ^= c == '"';
            int kind = Known.IndexOf(c, StringComparison.Ordinal);
            if (kind >= 0 && !quoted)
            {
                counts[kind]++;
            }
        }

        count = Math.Max(Math.Max(counts[0], counts[1]), Math.Max(counts[2], counts[3]));
        return Known[counts.IndexOf(count)]; // the first of equals
    }

    // Excel writes, and obeys, a first line such as "sep=;".
    private static char? StatedDelimiter(string text, out int start)
    {
        start = 0;
        int end = text.IndexOf('\n', StringComparison.Ordinal);
        string first = end < 0 ? "" : text[..end].TrimEnd('\r').Trim('"');
        if (!first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) || first.Length != 5)
        {
            return null;
        }

        start = end + 1;
        return first[4];
    }

    /// <summary>Takes rows until it is known which of them is the header; then every row gets as many cells as the header.</summary>
    private sealed class RowCollector(string file)
    {
        private readonly List<(int Line, string[] Cells)> _rows = [];
        private readonly List<(int Line, string[] Cells)> _first = [];
        private string[]? _header;
        private int _titleLines;

        public void Add(int line, string[] cells)
        {
            if (_header is not null)
            {
                AddRow(line, cells);
                return;
            }

            _first.Add((line, cells));
            if (_first.Count == HeaderRow.Looked)
            {
                TakeHeader();
            }
        }

        public CsvCells ToCells()
        {
            if (_header is null && _first.Count > 0)
            {
                TakeHeader();
            }

            return new CsvCells(file, _header ?? throw new RadaptException($"{file} is empty."), _rows) { TitleLines = _titleLines };
        }

        private void TakeHeader()
        {
            _titleLines = HeaderRow.Find([.. _first.Select(r => r.Cells)]);
            _header = _first[_titleLines].Cells;
            foreach ((int line, string[] cells) in _first.Skip(_titleLines + 1))
            {
                AddRow(line, cells);
            }
        }

        private void AddRow(int line, string[] cells)
        {
            int width = _header!.Length;
            // A header line that ends with a delimiter has a column without a name, which rows need not have.
            if (cells.Length < width ? _header.AsSpan(cells.Length).IndexOfAnyExcept("") >= 0
                : cells.AsSpan(width).IndexOfAnyExcept("") >= 0)
            {
                throw new RadaptException(
                    $"{file} line {line} has {cells.Length} cells, but the header has {width}: put names that contain a delimiter into quotes, "
                        + "and leave the cell of an unknown value empty.");
            }

            int given = cells.Length;
            Array.Resize(ref cells, width); // the same array, if it has as many
            Array.Fill(cells, "", Math.Min(given, width), Math.Max(0, width - given));
            _rows.Add((line, cells));
            if (_rows.Count * (width + (long)RowCost) > MostCells)
            {
                throw new RadaptException($"{file} has more than {MostCells:N0} cells: leave out columns that are not needed.");
            }
        }
    }
}
