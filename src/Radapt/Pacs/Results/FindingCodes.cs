using System.Reflection;
using Radapt.Datasets.Tables;

namespace Radapt.Pacs.Results;

/// <summary>
/// Which code a finding has, by its name in the data that the model was trained on. Findings without a code are written as text. The
/// shipped table has the names of NIH ChestX-ray14, CheXpert and RSNA for which a code of SNOMED CT means the same; a hospital can give
/// its own.
/// </summary>
internal sealed class FindingCodes
{
    private const string Shipped = "pacs/finding-codes.csv";
    private static readonly string[] s_header = ["finding", "code", "scheme", "meaning"];

    private readonly Dictionary<string, CodedConcept> _codes;

    private FindingCodes(Dictionary<string, CodedConcept> codes) => _codes = codes;

    /// <summary>The shipped table.</summary>
    public static FindingCodes Default { get; } = ReadShipped();

    /// <summary>Names and codes, in the order of the names.</summary>
    public IEnumerable<(string Finding, CodedConcept Code)> All =>
        _codes.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value));

    /// <summary>The code of a finding; null: none. Capitals, blanks, hyphens and underscores do not matter.</summary>
    public CodedConcept? Find(string finding) => _codes.GetValueOrDefault(Key(finding));

    /// <summary>Reads a table with the columns <c>finding,code,scheme,meaning</c>.</summary>
    /// <exception cref="RadaptException">It cannot be read, or a row is not complete.</exception>
    public static FindingCodes Read(string path)
    {
        CsvCells table = CsvCells.Read(path);
        if (!table.Header.SequenceEqual(s_header))
        {
            throw RadaptException.In(path, $"its first line must be {string.Join(',', s_header)}.");
        }

        var codes = new Dictionary<string, CodedConcept>(StringComparer.Ordinal);
        foreach ((int line, string[] texts) in table.Rows)
        {
            string[] cells = [.. texts.Select(c => c.Trim())];
            if (cells.Any(c => c.Length == 0) || cells[2].Length > 16 || cells.Any(c => c.Contains('\\', StringComparison.Ordinal)))
            {
                throw RadaptException.In($"{path}, line {line}",
                    "a finding, its code, the scheme (at most 16 characters, such as SCT) and the meaning are needed, without "
                        + "backslashes.");
            }

            if (!codes.TryAdd(Key(cells[0]), new CodedConcept(cells[1], cells[2], cells[3])))
            {
                throw RadaptException.In($"{path}, line {line}", $"the finding {cells[0]} has a code already. Remove one of the lines.");
            }
        }

        return new FindingCodes(codes);
    }

    private static string Key(string finding) =>
        new([.. finding.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '-')).Select(char.ToUpperInvariant)]);

    private static FindingCodes ReadShipped()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Shipped)!;
        using var reader = new StreamReader(stream);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] rows = [.. lines.Skip(1).Select(l => l.Trim().Split(','))];
        return new FindingCodes(rows.ToDictionary(r => Key(r[0]), r => new CodedConcept(r[1], r[2], r[3]), StringComparer.Ordinal));
    }
}
