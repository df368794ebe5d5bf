using System.Globalization;
using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>The cells of one sheet, read as a stream; <see cref="HeaderRow"/> tells which of the first rows is the header.</summary>
/// <param name="file">The workbook.</param>
/// <param name="shared">Texts that cells refer to.</param>
/// <param name="dates">Which cells are days.</param>
/// <param name="mostRows">Rows to read, which is enough to see what a sheet is about; the others are passed over.</param>
internal sealed class SheetReader(string file, string[] shared, CellDates dates, int mostRows = int.MaxValue)
{
    private const long MostCells = 20_000_000;
    private const int MostColumns = 2048;
    private const int MostMerges = 100_000;

    private readonly List<(int Column, string Value)> _cells = [];
    private readonly List<(int Line, string[] Cells)> _rows = [];
    private readonly Dictionary<string, string> _pool = new(StringComparer.Ordinal);
    private readonly List<(int Line, int Column)> _uncomputed = [];
    private readonly List<(int First, int Last, int Column)> _merged = [];
    private readonly List<(int Line, string[] Cells)> _first = []; // until it is known which of them is the header
    private string[]? _header;
    private int _titleLines;

    /// <summary>Reads the sheet, and disposes the reader.</summary>
    /// <exception cref="RadaptException">It is empty, damaged or too large.</exception>
    public CsvCells Read(XmlReader xml, ICollection<string> notes)
    {
        using (xml)
        {
            int line = 0;
            while (_first.Count + _rows.Count < mostRows && xml.Read())
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "row" })
                {
                    line = int.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out int given)
                        ? given : line + 1;
                    ReadRow(xml, line);
                    AddRow(line);
                }
                else if (xml is { NodeType: XmlNodeType.Element, LocalName: "mergeCell" })
                {
                    AddMerged(xml.GetAttribute("ref") ?? "");
                }
            }
        }

        if (_header is null && _first.Count > 0)
        {
            TakeHeader();
        }

        var cells = new CsvCells(file, _header ?? throw new RadaptException($"{file}: the sheet is empty."), _rows)
        {
            Uncomputed = _uncomputed,
            TitleLines = _titleLines,
        };
        FillMerged(cells, notes);
        return cells;
    }

    // A cell that is merged over several rows, such as a patient's, is stored in the first of them and holds for all.
    private void FillMerged(CsvCells cells, ICollection<string> notes)
    {
        int[] lines = [.. _rows.Select(r => r.Line)];
        foreach (IGrouping<int, (int First, int Last, int Column)> column in _merged.Where(m => m.Column < cells.Header.Count)
            .GroupBy(m => m.Column).OrderBy(g => g.Key))
        {
            int filled = 0;
            foreach ((int first, int last, int _) in column)
            {
                int row = Array.BinarySearch(lines, first);
                for (int next = row + 1; row >= 0 && next < lines.Length && lines[next] <= last; next++)
                {
                    if (_rows[next].Cells[column.Key].Length == 0)
                    {
                        _rows[next].Cells[column.Key] = _rows[row].Cells[column.Key];
                        filled++;
                    }
                }
            }

            if (filled > 0)
            {
                notes.Add(
                    $"{file}: cells of column '{cells.Header[column.Key]}' are merged over several rows; their value is taken for each of "
                        + $"these rows ({filled} were empty).");
            }
        }
    }

    private void AddMerged(string reference)
    {
        string[] corners = reference.Split(':');
        if (corners.Length == 2 && Column(corners[0]) is { } column && Line(corners[0]) is { } first && Line(corners[1]) is { } last
            && last > first)
        {
            _merged.Add(_merged.Count < MostMerges ? (first, last, column)
                : throw new RadaptException($"{file}: more than {MostMerges:N0} merged cells; save the table as CSV."));
        }
    }

    private static int? Line(string reference) =>
        int.TryParse(reference.AsSpan().TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$"), NumberStyles.None,
            CultureInfo.InvariantCulture, out int line) ? line : null;

    private void ReadRow(XmlReader xml, int line)
    {
        _cells.Clear();
        if (xml.IsEmptyElement)
        {
            return;
        }

        int depth = xml.Depth;
        int column = -1;
        xml.Read();
        while (xml.Depth > depth)
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "c" })
            {
                xml.Read();
                continue;
            }

            column = Column(xml.GetAttribute("r")) ?? column + 1;
            string value = Value(xml, line, column).Trim();
            if (value.Length > 0)
            {
                _cells.Add(column < MostColumns ? (column, Pooled(value))
                    : throw new RadaptException(
                        $"{file} row {line} has a cell beyond column {MostColumns}; save the table itself as CSV."));
            }
        }
    }

    private void AddRow(int line)
    {
        if (_cells.Count == 0)
        {
            return;
        }

        var row = new string[1 + _cells.Max(c => c.Column)];
        Array.Fill(row, "");
        foreach ((int column, string value) in _cells)
        {
            row[column] = value;
        }

        if (_header is not null)
        {
            AddRow(line, row);
            return;
        }

        _first.Add((line, row));
        if (_first.Count == HeaderRow.Looked)
        {
            TakeHeader();
        }
    }

    private void TakeHeader()
    {
        _titleLines = HeaderRow.Find([.. _first.Select(r => r.Cells)]);
        _header = _first[_titleLines].Cells;
        foreach ((int line, string[] row) in _first.Skip(_titleLines + 1))
        {
            AddRow(line, row);
        }

        _first.Clear();
    }

    private void AddRow(int line, string[] row)
    {
        int width = _header!.Length;
        int given = row.Length;
        if (given > width)
        {
            throw new RadaptException(
                $"{file} row {line} has a cell in column {given}, but the header has {width}: remove it, or give it a header.");
        }

        Array.Resize(ref row, width);
        Array.Fill(row, "", given, width - given);
        _rows.Add((line, row));
        if ((long)width * _rows.Count > MostCells)
        {
            throw new RadaptException($"{file} has more than {MostCells:N0} cells: save the columns that are needed as CSV.");
        }
    }

    // Reads a cell; the reader ends behind it.
    private string Value(XmlReader xml, int line, int column)
    {
        string type = xml.GetAttribute("t") ?? "n";
        string? style = xml.GetAttribute("s");
        string? value = null;
        bool isFormula = false;
        if (!xml.IsEmptyElement)
        {
            int depth = xml.Depth;
            xml.Read();
            while (xml.Depth > depth)
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "v" })
                {
                    value = xml.ReadElementContentAsString();
                }
                else if (xml is { NodeType: XmlNodeType.Element, LocalName: "is" })
                {
                    value = Spreadsheet.Text(xml);
                }
                else if (xml is { NodeType: XmlNodeType.Element, LocalName: "f" })
                {
                    isFormula = true;
                    xml.Skip();
                }
                else
                {
                    xml.Read();
                }
            }
        }

        xml.Read();
        if (string.IsNullOrEmpty(value))
        {
            // A formula whose result is an empty text has the type "str"; one that was never computed has a number's, and no value.
            if (isFormula && (value is null || type != "str"))
            {
                _uncomputed.Add((line, column));
            }

            return "";
        }

        return type switch
        {
            "s" => int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < shared.Length ? shared[i]
                : throw new RadaptException(
                    $"{file}, cell {Reference(line, column)}: it refers to a text that the workbook does not contain ({shared.Length:N0} are "
                        + "there): the file is damaged; save or export it again."),
            "n" => dates.Read(style, value) ?? Number(value),
            "str" => CellText.Unescape(value),
            _ => value,
        };
    }

    // Column 54 of line 12, counted from 0 and 1, is "BC12".
    private static string Reference(int line, int column)
    {
        string letters = "";
        for (int c = column + 1; c > 0; c = (c - 1) / 26)
        {
            letters = (char)('A' + ((c - 1) % 26)) + letters;
        }

        return letters + line.ToString(CultureInfo.InvariantCulture);
    }

    // Programs store 12 as 12, 12.0 or 1.2E1.
    private static string Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) < 1e15
            && value == Math.Floor(value)
            ? ((long)value).ToString(CultureInfo.InvariantCulture) : text;

    // "BC12" is column 54, counted from 0.
    private static int? Column(string? reference)
    {
        int column = 0;
        foreach (char c in reference ?? "")
        {
            if (!char.IsAsciiLetter(c) || column > MostColumns)
            {
                break;
            }

            column = (column * 26) + (char.ToUpperInvariant(c) - 'A' + 1);
        }

        return column == 0 ? null : column - 1;
    }

    private string Pooled(string value)
    {
        if (value.Length > 12 || (_pool.Count > 4096 && !_pool.ContainsKey(value)))
        {
            return value;
        }

        _pool.TryAdd(value, value);
        return _pool[value];
    }
}
