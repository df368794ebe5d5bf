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

    private const long MostCells = 20_000_000; // a row counts for four more, which is what it takes in memory
    private const int RowCost = 4;

    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",;\t\"\r\n");

    /// <summary>Reads a file delimited by commas, semicolons, tabs or bars, whichever its first line has most of.</summary>
    /// <exception cref="RadaptException">The file is no text, or a row has another number of cells than the header.</exception>
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
        string[]? header = null;
        var rows = new List<(int, string[])>();
        var pool = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using CsvDataReader reader = CsvDataReader.Create(content, options);
            while (reader.Read())
            {
                string[]? cells = Cells(reader, header, $"{file} line {line}", pool);
                if (cells is not null && header is null)
                {
                    header = cells;
                }
                else if (cells is not null)
                {
                    rows.Add((line, cells));
                    if (rows.Count * (header!.Length + (long)RowCost) > MostCells)
                    {
                        throw new RadaptException($"{file} has more than {MostCells:N0} cells: leave out columns that are not needed.");
                    }
                }

                // Quoted cells may hold line breaks, so that the number of the row is not the number of the line.
                line += reader.GetRawRecordSpan().Count('\n');
            }
        }
        catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
        {
            throw new RadaptException($"{file} line {line}: the quotes of this row do not match, or it is no row of a table.", e);
        }

        return new CsvCells(file, header ?? throw new RadaptException($"{file} is empty."), rows);
    }

    /// <summary>
    /// A cell as every table here is written: in quotes where it holds a delimiter, a quote or a line break (RFC 4180), and with an
    /// apostrophe before what
    /// a spreadsheet would run as a formula. <see cref="Read"/> takes the apostrophe away again.
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

    private static string[]? Cells(CsvDataReader reader, string[]? header, string where, Dictionary<string, string> pool)
    {
        int given = reader.RowFieldCount;
        var cells = new string[header?.Length ?? given];
        bool any = false;
        for (int i = 0; i < given; i++)
        {
            ReadOnlySpan<char> cell = reader.GetFieldSpan(i).Trim();
            any |= cell.Length > 0;
            cell = cell.Length > 1 && cell[0] == '\'' && IsRun(cell[1..]) ? cell[1..] : cell;
            if (i < cells.Length)
            {
                cells[i] = cell.Length == 0 ? "" : Pooled(cell, pool);
            }
            else if (cell.Length > 0)
            {
                throw WrongCount(where, given, cells.Length);
            }
        }

        Array.Fill(cells, "", Math.Min(given, cells.Length), Math.Max(0, cells.Length - given));
        return !any ? null : given >= cells.Length || IsNameless(header!, given) ? cells : throw WrongCount(where, given, cells.Length);
    }

    // A header line that ends with a delimiter has a column without a name, which rows need not have.
    private static bool IsNameless(string[] header, int from) => header.AsSpan(from).IndexOfAnyExcept("") < 0;

    private static RadaptException WrongCount(string where, int given, int expected) =>
        new($"{where} has {given} cells, the header has {expected}: put names that hold a delimiter in quotes, "
            + "and write an empty cell for unknown.");

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

    private static char Delimiter(string text)
    {
        int start = text.AsSpan().IndexOfAnyExcept(" \r\n");
        ReadOnlySpan<char> header = text.AsSpan(start);
        int end = header.IndexOf('\n');
        header = end < 0 ? header : header[..end];
        const string Known = ",;\t|";
        Span<int> counts = stackalloc int[Known.Length];
        bool quoted = false;
        foreach (char c in header)
        {
            quoted ^= c == '"';
            int kind = Known.IndexOf(c, StringComparison.Ordinal);
            if (kind >= 0 && !quoted)
            {
                counts[kind]++;
            }
        }

        return Known[counts.IndexOf(Math.Max(Math.Max(counts[0], counts[1]), Math.Max(counts[2], counts[3])))]; // the first of equals
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
}
