using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Writes an Excel workbook of one sheet (.xlsx, ECMA-376 part 1, section 18), row by row, so that no table need fit into memory. Texts are
/// inline strings, which no spreadsheet runs as formulas. The same rows give the same bytes.
/// </summary>
internal sealed class WorkbookWriter : IDisposable
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";
    private const int MostRows = 1_048_576; // of a sheet
    private const int LongestText = 32_767; // of a cell

    private static readonly DateTimeOffset s_noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero); // the earliest that ZIP can write

    private readonly ZipArchive _archive;
    private readonly XmlWriter _sheet;
    private int _rows;

    /// <param name="stream">Receives the file; it stays open.</param>
    /// <param name="sheet">The sheet's name.</param>
    public WorkbookWriter(Stream stream, string sheet)
    {
        _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Part("[Content_Types].xml", $"""
            <Types xmlns="{Package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>
            """);
        Part("_rels/.rels", $"""
            <Relationships xmlns="{Package}/relationships"><Relationship Id="rId1" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """);
        Part("xl/_rels/workbook.xml.rels", $"""
            <Relationships xmlns="{Package}/relationships"><Relationship Id="rId1" Type="{Relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>
            """);
        Part("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>
            """);
        _sheet = XmlWriter.Create(Open("xl/worksheets/sheet1.xml"), new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(false),
            CloseOutput = true,
        });
        _sheet.WriteStartElement("worksheet", Main);
        _sheet.WriteStartElement("sheetData", Main);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="cells">Texts, numbers (<see cref="double"/>), and null for empty cells.</param>
    /// <exception cref="RadaptException">A sheet holds no more rows.</exception>
    public void Row(IEnumerable<object?> cells)
    {
        if (++_rows > MostRows)
        {
            throw new RadaptException($"a sheet of a workbook holds {MostRows:N0} rows at most; write CSV instead.");
        }

        _sheet.WriteStartElement("row", Main);
        foreach (object? cell in cells)
        {
            _sheet.WriteStartElement("c", Main);
            if (cell is double number)
            {
                _sheet.WriteElementString("v", Main, number.ToString("R", CultureInfo.InvariantCulture));
            }
            else if (cell is string { Length: > 0 } text)
            {
                _sheet.WriteAttributeString("t", "inlineStr");
                _sheet.WriteStartElement("is", Main);
                _sheet.WriteStartElement("t", Main);
                _sheet.WriteAttributeString("xml", "space", null, "preserve");
                _sheet.WriteString(Written(text));
                _sheet.WriteEndElement();
                _sheet.WriteEndElement();
            }

            _sheet.WriteEndElement();
        }

        _sheet.WriteEndElement();
    }

    /// <summary>Ends the file.</summary>
    public void Dispose()
    {
        _sheet.Dispose();
        _archive.Dispose();
    }

    // XML has no way to write most control characters, and UTF-8 none to write half of a surrogate pair.
    private static string Written(string text)
    {
        string whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length <= LongestText ? text : text[..LongestText]));
        return whole.All(IsWritten) ? whole : new string([.. whole.Select(c => IsWritten(c) ? c : '\uFFFD')]);

        static bool IsWritten(char c) => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c);
    }

    private void Part(string name, string content)
    {
        using var writer = new StreamWriter(Open(name), new UTF8Encoding(false));
        writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        writer.Write(content);
    }

    private Stream Open(string name)
    {
        ZipArchiveEntry entry = _archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = s_noTime;
        return entry.Open();
    }
}
