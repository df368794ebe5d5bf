using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Radapt.Datasets;

/// <summary>
/// A sheet of an Excel workbook (.xlsx, ECMA-376 part 1, section 18) as a header and rows of cells, read as a stream. Nothing that the file says of
/// its own size is believed: characters, columns and cells are counted while they are read, document types and entities are refused, and cells
/// that are not there cost nothing.
/// </summary>
internal static class Spreadsheet
{
    private const long LargestFile = 64L << 20; // bytes
    private const long MostCharacters = 64L << 20; // of one part, unpacked: about 1.5 million cells
    private const long MostCells = 20_000_000;
    private const int MostColumns = 2048;

    /// <summary>Whether a file begins as a ZIP archive does, which is what a workbook is.</summary>
    public static bool IsWorkbook(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            Span<byte> start = stackalloc byte[4];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK\x3\x4"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // reading it as text will say so
        }
    }

    /// <summary>Reads a sheet. Numbers are as stored, whole ones without fraction; true and false are 1 and 0; formulas are their saved results.</summary>
    /// <param name="file">The workbook.</param>
    /// <param name="sheet">The sheet's name; null: the first.</param>
    /// <exception cref="RadaptException">No workbook, damaged, hostile, too large, or without such a sheet.</exception>
    public static CsvCells Read(string file, string? sheet)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            if (stream.Length > LargestFile)
            {
                throw new RadaptException($"{file}: spreadsheets of up to {LargestFile >> 20} MiB are read; save the sheet as CSV.");
            }

            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var parts = new WorkbookParts(archive, file, MostCharacters);
            string[] shared = SharedStrings(parts);
            return new SheetReader(file, shared).Read(parts.Sheet(sheet));
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or EndOfStreamException or NotSupportedException)
        {
            throw new RadaptException(
                $"{file} is no spreadsheet that can be read: it is damaged, encrypted, of more than {MostCharacters >> 20} million characters, or not .xlsx; save the table as CSV.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{file} cannot be read: {e.Message}", e);
        }
    }

    private static string[] SharedStrings(WorkbookParts parts)
    {
        using XmlReader? xml = parts.SharedStrings();
        var strings = new List<string>();
        while (xml is not null && WorkbookParts.Next(xml, "si"))
        {
            strings.Add(Text(xml));
        }

        return [.. strings];
    }

    // The text of an element's runs, without phonetic guides (rPh); the reader ends on the element's end.
    private static string Text(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            return "";
        }

        var text = new StringBuilder();
        int depth = xml.Depth;
        xml.Read();
        while (xml.Depth > depth)
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "t" })
            {
                text.Append(xml.ReadElementContentAsString());
            }
            else if (xml is { NodeType: XmlNodeType.Element, LocalName: "rPh" })
            {
                xml.Skip();
            }
            else
            {
                xml.Read();
            }
        }

        return text.ToString();
    }

    private sealed class SheetReader(string file, string[] shared)
    {
        private readonly List<(int Column, string Value)> _cells = [];
        private readonly List<(int Line, string[] Cells)> _rows = [];
        private readonly Dictionary<string, string> _pool = new(StringComparer.Ordinal);
        private string[]? _header;

        public CsvCells Read(XmlReader xml)
        {
            using (xml)
            {
                int line = 0;
                while (xml.Read())
                {
                    if (xml is { NodeType: XmlNodeType.Element, LocalName: "row" })
                    {
                        line = int.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : line + 1;
                        ReadRow(xml, line);
                        AddRow(line);
                    }
                }
            }

            return new CsvCells(file, _header ?? throw new RadaptException($"{file}: the sheet is empty."), _rows);
        }

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
                string value = Value(xml).Trim();
                if (value.Length > 0)
                {
                    _cells.Add(column < MostColumns ? (column, Pooled(value))
                        : throw new RadaptException($"{file} row {line} has a cell beyond column {MostColumns}; save the table itself as CSV."));
                }
            }
        }

        private void AddRow(int line)
        {
            if (_cells.Count == 0)
            {
                return;
            }

            int width = _header?.Length ?? (1 + _cells.Max(c => c.Column));
            var row = new string[width];
            Array.Fill(row, "");
            foreach ((int column, string value) in _cells)
            {
                row[column < width ? column
                    : throw new RadaptException($"{file} row {line} has a cell in column {column + 1}, the header has {width}: remove it, or give it a header.")] = value;
            }

            if (_header is null)
            {
                _header = row;
            }
            else
            {
                _rows.Add((line, row));
            }

            if ((long)width * _rows.Count > MostCells)
            {
                throw new RadaptException($"{file} has more than {MostCells:N0} cells: save the columns that are needed as CSV.");
            }
        }

        // Reads a cell; the reader ends behind it.
        private string Value(XmlReader xml)
        {
            string type = xml.GetAttribute("t") ?? "n";
            string value = "";
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
                        value = Text(xml);
                    }
                    else
                    {
                        xml.Read();
                    }
                }
            }

            xml.Read();
            return type switch
            {
                "s" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < shared.Length ? shared[i] : "",
                "n" => Number(value),
                _ => value,
            };
        }

        // Programs store 12 as 12, 12.0 or 1.2E1.
        private static string Number(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) < 1e15 && value == Math.Floor(value)
                ? ((long)value).ToString(CultureInfo.InvariantCulture) : text;

        // "BC12" is column 54, counted from 0.
        private static int? Column(string? reference)
        {
            int column = 0;
            foreach (char c in reference ?? "")
            {
                if (!char.IsAsciiLetterUpper(c) || column > MostColumns)
                {
                    break;
                }

                column = (column * 26) + (c - 'A' + 1);
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
}
