using System.Buffers;
using Sylvan.Data.Csv;

namespace Radapt.Datasets;

/// <summary>
/// A delimited text file as a header and rows of cells, white space around cells removed. Rows without any content are left out;
/// every row has as many cells as the header.
/// </summary>
internal sealed record CsvCells(string File, IReadOnlyList<string> Header, IReadOnlyList<(int Line, string[] Cells)> Rows)
{
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

    /// <summary>A cell as it is written: in quotes where it holds a delimiter, a quote or a line break (RFC 4180).</summary>
    public static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(s_quoted) < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The same for a table that is to be looked at: file names come from anywhere, and a cell that a spreadsheet would take for a formula gets an apostrophe.</summary>
    public static string QuotedForSpreadsheets(string cell) => Quoted(cell.Length > 0 && cell[0] is '=' or '+' or '@' ? "'" + cell : cell);

    private static string[]? Cells(CsvDataReader reader, string[]? header, string where, Dictionary<string, string> pool)
    {
        int given = reader.RowFieldCount;
        var cells = new string[header?.Length ?? given];
        bool any = false;
        for (int i = 0; i < given; i++)
        {
            ReadOnlySpan<char> cell = reader.GetFieldSpan(i).Trim();
            any |= cell.Length > 0;
            if (i < cells.Length)
            {
                cells[i] = cell.Length == 0 ? "" : Pooled(cell, pool);
            }
            else if (cell.Length > 0)
            {
                throw WrongCount(where, given, cells.Length);
            }
        }

        return !any ? null : given >= cells.Length ? cells : throw WrongCount(where, given, cells.Length);
    }

    private static RadaptException WrongCount(string where, int given, int expected) =>
        new($"{where} has {given} cells, the header has {expected}: put names that hold a delimiter in quotes, and write an empty cell for unknown.");

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
