using System.IO.Compression;
using System.Xml;

namespace Radapt.Datasets.Tables;

/// <summary>
/// The parts of a workbook that hold a table, found by their relationships (ECMA-376 part 2), each as XML of limited length.
/// </summary>
internal sealed class WorkbookParts
{
    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string StrictRelationships = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    private readonly string _file;
    private readonly long _mostCharacters;
    private readonly string _workbook;
    private readonly Dictionary<string, (string Type, string Part)> _related;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="RadaptException">The archive is not a workbook.</exception>
    public WorkbookParts(ZipArchive archive, string file, long mostCharacters)
    {
        (_file, _mostCharacters) = (file, mostCharacters);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            _entries.TryAdd(Name("", entry.FullName), entry);
        }

        _workbook = Related("").Values.FirstOrDefault(r => r.Type == "officeDocument").Part
            ?? throw new RadaptException($"{file} is an archive, but not an Excel workbook: give a .csv, .tsv or .xlsx table.");
        _related = Related(_workbook);
    }

    /// <summary>The texts that cells refer to; null where there are none. The caller disposes it.</summary>
    public XmlReader? SharedStrings() =>
        _related.Values.FirstOrDefault(r => r.Type == "sharedStrings").Part is { } part && _entries.ContainsKey(part) ? Open(part) : null;

    /// <summary>The styles of cells; null where there are none. The caller disposes it.</summary>
    public XmlReader? Styles() =>
        _related.Values.FirstOrDefault(r => r.Type == "styles").Part is { } part && _entries.ContainsKey(part) ? Open(part) : null;

    /// <summary>Whether day 0 is 1 January 1904, as in workbooks of old Macintosh programs.</summary>
    public bool CountsFrom1904()
    {
        using XmlReader xml = Open(_workbook);
        return Next(xml, "workbookPr") && xml.GetAttribute("date1904") is "1" or "true";
    }

    /// <summary>The sheets of cells, in the workbook's order; charts and macro sheets are left out.</summary>
    public IReadOnlyList<WorkbookSheet> Sheets()
    {
        var sheets = new List<WorkbookSheet>();
        using XmlReader xml = Open(_workbook);
        while (Next(xml, "sheet"))
        {
            string id = xml.GetAttribute("id", Relationships) ?? xml.GetAttribute("id", StrictRelationships) ?? "";
            if (_related.TryGetValue(id, out (string Type, string Part) related) && related.Type == "worksheet")
            {
                sheets.Add(new WorkbookSheet(CellText.Unescape(xml.GetAttribute("name") ?? ""), related.Part,
                    xml.GetAttribute("state") is "hidden" or "veryHidden"));
            }
        }

        return sheets;
    }

    /// <summary>The cells of a sheet. The caller disposes it.</summary>
    public XmlReader Open(WorkbookSheet sheet) => Open(sheet.Part);

    /// <summary>Moves to the next element of this name, whatever its prefix: some programs write <c>x:row</c>.</summary>
    public static bool Next(XmlReader xml, string name)
    {
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == name)
            {
                return true;
            }
        }

        return false;
    }

    private Dictionary<string, (string Type, string Part)> Related(string part)
    {
        string folder = part[..(part.LastIndexOf('/') + 1)];
        string name = $"{folder}_rels/{part[folder.Length..]}.rels";
        var related = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        if (!_entries.ContainsKey(name))
        {
            return related;
        }

        using XmlReader xml = Open(name);
        while (Next(xml, "Relationship"))
        {
            string type = xml.GetAttribute("Type") ?? "";
            string target = xml.GetAttribute("Target") ?? "";
            related.TryAdd(xml.GetAttribute("Id") ?? "", (type[(type.LastIndexOf('/') + 1)..], Name(folder, target)));
        }

        return related;
    }

    // Part names have no case and use '/' (ECMA-376 part 2, 6.2.2); some programs write '\', '..' or escapes. The first of two alike
    // counts.
    private static string Name(string folder, string target)
    {
        string path = Uri.UnescapeDataString(target.Replace('\\', '/'));
        var parts = new List<string>();
        foreach (string part in (path.StartsWith('/') ? path : $"{folder}/{path}").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private XmlReader Open(string part)
    {
        ZipArchiveEntry entry = _entries.TryGetValue(part, out ZipArchiveEntry? known) ? known
            : throw new InvalidDataException($"{part} is missing");
        return XmlReader.Create(new BoundedXml(entry.Open(), _file), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, // no entities: neither files read nor text multiplied
            XmlResolver = null,
            MaxCharactersInDocument = _mostCharacters,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        });
    }
}
