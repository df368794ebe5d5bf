namespace Radapt.Datasets.Tables;

/// <summary>
/// What <c>--values</c> says that cells mean: <c>ja=1</c>, <c>nein=0</c>, <c>fraglich=</c> (unknown), <c>=0</c> (empty cells are absent).
/// It comes before every other reading of a cell.
/// </summary>
internal sealed class GivenValues
{
    /// <summary>What is to be typed.</summary>
    public const string Expected = "CELL=1, CELL=0 or CELL= (unknown), such as ja=1,nein=0,fraglich=";

    private readonly Dictionary<string, sbyte> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <exception cref="RadaptException">A value is malformed, or given twice.</exception>
    public GivenValues(IReadOnlyList<string> values)
    {
        foreach (string value in values)
        {
            (string Cell, sbyte Label) read = Parse(value) ?? throw new RadaptException($"--values {value}: give {Expected}.");
            if (!_labels.TryAdd(LabelWords.Normal(read.Cell), read.Label))
            {
                throw new RadaptException($"--values gives '{read.Cell}' twice (case does not matter): give it once.");
            }
        }
    }

    /// <summary>Whether a value is well formed.</summary>
    public static bool IsValue(string value) => Parse(value) is not null;

    /// <summary>Cells that were given and looked for in vain, in small letters.</summary>
    public IEnumerable<string> NotFound => _labels.Keys.Where(k => !_found.Contains(k));

    /// <summary>The label that was given for a cell: 1, 0, -1 (unknown); null: none was.</summary>
    public sbyte? Find(string cell)
    {
        if (_labels.Count == 0 || !_labels.TryGetValue(LabelWords.Normal(cell), out sbyte label))
        {
            return null;
        }

        _found.Add(LabelWords.Normal(cell));
        return label;
    }

    private static (string Cell, sbyte Label)? Parse(string value)
    {
        int at = value.LastIndexOf('=');
        return at < 0 ? null : value[(at + 1)..].Trim() switch
        {
            "1" => (value[..at].Trim(), 1),
            "0" => (value[..at].Trim(), 0),
            "" => (value[..at].Trim(), -1),
            _ => null,
        };
    }
}
