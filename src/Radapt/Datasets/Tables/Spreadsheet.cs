using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>
/// A sheet of an Excel workbook (.xlsx, ECMA-376 part 1, section 18) as a header and rows of cells, read as a stream. Nothing that the file
/// says of its own size is believed: characters, columns and cells are counted while they are read, document types and entities are
/// refused, and cells that are not there cost nothing.
/// </summary>
internal static class Spreadsheet
{
    private const long LargestFile = 64L << 20; // bytes
    private const long MostCharacters = 64L << 20; // of one part, unpacked: about 1.5 million cells

    /// <summary>Whether a file begins as a ZIP archive does, which is what a workbook is.</summary>
    public static bool IsWorkbook(string file)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(file);
            Span<byte> start = stackalloc byte[4];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK\x3\x4"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // reading it as text will say so
        }
    }

    /// <summary>
    /// Reads a sheet. Numbers are as stored, whole ones without fraction, and days as <c>2023-01-02</c>; true and false are 1 and 0;
    /// formulas are their saved results.
    /// </summary>
    /// <param name="file">The workbook.</param>
    /// <param name="sheet">The sheet's name; null: see <see cref="SheetChoice"/>.</param>
    /// <param name="notes">Receives lines to print.</param>
    /// <param name="isWanted">Whether the first rows of a sheet look like what is wanted; null: the first that is not hidden is.</param>
    /// <exception cref="RadaptException">No workbook, damaged, hostile, too large, or without such a sheet.</exception>
    public static CsvCells Read(string file, string? sheet, ICollection<string> notes, Func<CsvCells, bool>? isWanted = null)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(file);
            if (stream.Length > LargestFile)
            {
                throw new RadaptException($"{file}: spreadsheets of up to {LargestFile >> 20} MiB are read; save the sheet as CSV.");
            }

            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var parts = new WorkbookParts(archive, file, MostCharacters);
            return new SheetChoice(file, parts, SharedStrings(parts), CellDates.Read(parts)).Read(sheet, isWanted ?? (_ => true), notes);
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or EndOfStreamException or NotSupportedException)
        {
            throw new RadaptException(
                $"{file} is not a spreadsheet that can be read: it is damaged, encrypted, of more than {MostCharacters >> 20} million "
                    + "characters, or not .xlsx; save the table as CSV.", e);
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
    internal static string Text(XmlReader xml)
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
                text.Append(CellText.Unescape(xml.ReadElementContentAsString()));
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
}
