using System.IO.Compression;
using System.Xml;

namespace Radapt.Datasets;

/// <summary>The parts of a workbook that hold a table, found by their relationships (ECMA-376 part 2), each as XML of limited length.</summary>
internal sealed class WorkbookParts
{
    private const string Relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string StrictRelationships = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    private readonly ZipArchive _archive;
    private readonly string _file;
    private readonly long _mostCharacters;
    private readonly string _workbook;
    private readonly Dictionary<string, (string Type, string Part)> _related;

    /// <exception cref="RadaptException">The archive is no workbook.</exception>
    public WorkbookParts(ZipArchive archive, string file, long mostCharacters)
    {
        (_archive, _file, _mostCharacters) = (archive, file, mostCharacters);
        _workbook = Related("").Values.FirstOrDefault(r => r.Type == "officeDocument").Part
            ?? throw new RadaptException($"{file} is an archive, but no Excel workbook: give a .csv, .tsv or .xlsx table.");
        _related = Related(_workbook);
    }

    /// <summary>The texts that cells refer to; null where there are none. The caller disposes it.</summary>
    public XmlReader? SharedStrings() =>
        _related.Values.FirstOrDefault(r => r.Type == "sharedStrings").Part is { } part && _archive.GetEntry(part) is not null ? Open(part) : null;

    /// <summary>The sheet of this name, or the first. The caller disposes it.</summary>
    /// <exception cref="RadaptException">There is none of this name.</exception>
    public XmlReader Sheet(string? name)
    {
        var names = new List<string>();
        using XmlReader xml = Open(_workbook);
        while (Next(xml, "sheet"))
        {
            string id = xml.GetAttribute("id", Relationships) ?? xml.GetAttribute("id", StrictRelationships) ?? "";
            string title = xml.GetAttribute("name") ?? "";
            if (!_related.TryGetValue(id, out (string Type, string Part) related) || related.Type != "worksheet")
            {
                continue; // a chart, or a macro sheet
            }

            if (name is null || title.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return Open(related.Part);
            }

            names.Add(title);
        }

        throw new RadaptException(name is null ? $"{_file} has no sheet." : $"--sheet {name}: {_file} has no such sheet; it has {string.Join(", ", names.Take(30))}.");
    }

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
        if (_archive.GetEntry(name) is null)
        {
            return related;
        }

        using XmlReader xml = Open(name);
        while (Next(xml, "Relationship"))
        {
            string type = xml.GetAttribute("Type") ?? "";
            string target = xml.GetAttribute("Target") ?? "";
            related.TryAdd(xml.GetAttribute("Id") ?? "", (type[(type.LastIndexOf('/') + 1)..], target.StartsWith('/') ? target[1..] : folder + target));
        }

        return related;
    }

    private XmlReader Open(string part)
    {
        ZipArchiveEntry entry = _archive.GetEntry(part) ?? throw new InvalidDataException($"{part} is missing");
        return XmlReader.Create(entry.Open(), new XmlReaderSettings
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
