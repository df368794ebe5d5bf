using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Radapt.Tests.Datasets;

/// <summary>Excel workbooks as programs write them, and as nobody should.</summary>
internal static class Workbook
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>
    /// A workbook of sheets of text; cells that are numbers are stored as such, the others as shared strings, empty ones not at all.
    /// </summary>
    public static void Write(string path, params (string Name, string[][] Rows)[] sheets)
    {
        var strings = new List<string>();
        Write(path, [.. sheets.Select(s => (s.Name, Sheet(s.Rows, strings)))],
            $"<sst xmlns=\"{Main}\">{string.Concat(strings.Select(s => $"<si><t xml:space=\"preserve\">{SecurityElement.Escape(s)}</t></si>"))}</sst>");
    }

    /// <summary>A workbook of given XML; some sheets may be hidden.</summary>
    public static void Write(string path, (string Name, string Xml)[] sheets, string? sharedStrings, params string[] hidden) =>
        Write(path, sheets, sharedStrings, null, from1904: false, hidden);

    /// <summary>The same with styles, and days counted from 1904.</summary>
    public static void Write(
        string path, (string Name, string Xml)[] sheets, string? sharedStrings, string? styles, bool from1904, params string[] hidden)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        Put("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
        Put("_rels/.rels",
            $"<Relationships xmlns=\"{Package}\"><Relationship Id=\"r1\" Type=\"{Office}/officeDocument\" "
                + "Target=\"xl/workbook.xml\"/></Relationships>");
        string State(string name) => hidden.Contains(name) ? " state=\"hidden\"" : "";
        string Attributes(string name, int i) => $"name=\"{name}\" sheetId=\"{i + 1}\" r:id=\"s{i}\"{State(name)}";
        string list = string.Concat(sheets.Select((s, i) => $"<sheet {Attributes(s.Name, i)}/>"));
        string counted = from1904 ? "<workbookPr date1904=\"1\"/>" : "";
        Put("xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\">{counted}<sheets>{list}</sheets></workbook>");
        Put("xl/_rels/workbook.xml.rels",
            "<Relationships "
                + $"xmlns=\"{Package}\">{string.Concat(sheets.Select((_, i) => $"<Relationship Id=\"s{i}\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>"))}"
            + $"<Relationship Id=\"t\" Type=\"{Office}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
            + $"<Relationship Id=\"y\" Type=\"{Office}/styles\" Target=\"styles.xml\"/></Relationships>");
        foreach ((int i, (string _, string xml)) in sheets.Index())
        {
            Put($"xl/worksheets/sheet{i + 1}.xml", xml);
        }

        if (styles is not null)
        {
            Put("xl/styles.xml", styles);
        }

        if (sharedStrings is not null)
        {
            Put("xl/sharedStrings.xml", sharedStrings);
        }

        void Put(string name, string text)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name, CompressionLevel.Fastest).Open(), new UTF8Encoding(false));
            writer.Write(text);
        }
    }

    /// <summary>The XML of a sheet.</summary>
    public static string SheetXml(string rows) => $"<worksheet xmlns=\"{Main}\"><sheetData>{rows}</sheetData></worksheet>";

    private static string Sheet(string[][] rows, List<string> strings) => SheetXml(string.Concat(rows.Select((row, r) =>
        $"<row r=\"{r + 1}\">{string.Concat(row.Select((cell, c) => Cell(cell, $"{(char)('A' + c)}{r + 1}", strings)))}</row>")));

    private static string Cell(string cell, string reference, List<string> strings)
    {
        if (cell.Length == 0)
        {
            return "";
        }

        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && !cell.StartsWith('0') | cell.Length == 1)
        {
            return $"<c r=\"{reference}\"><v>{number.ToString("R", CultureInfo.InvariantCulture)}</v></c>";
        }

        strings.Add(cell);
        return $"<c r=\"{reference}\" t=\"s\"><v>{strings.Count - 1}</v></c>";
    }
}
