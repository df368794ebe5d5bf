namespace Radapt.Datasets.Tables;

/// <summary>
/// How messages show what a cell holds. Short values without letters, and words that people write for labels, are shown as they are. Any
/// other text may be a
/// person's name, of a column that was taken for another: then file, line and column say enough.
/// </summary>
internal static class ShownCell
{
    private const int Longest = 12;

    private static readonly HashSet<string> s_labelWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "yes", "no", "y", "n", "maybe", "pos", "neg", "positive", "negative", "present", "absent", "x", "unknown", "uncertain", "ja",
            "nein", "oui", "non",
        "training", "validation", "valid", "testing", "dev", "eval", "holdout",
    };

    /// <summary>The value in quotes, or <c>its text</c>.</summary>
    public static string Quote(ReadOnlySpan<char> cell) => Quote(cell.ToString());

    /// <inheritdoc cref="Quote(ReadOnlySpan{char})"/>
    public static string Quote(string cell) => MayShow(cell) ? $"'{cell}'" : "its text";

    /// <summary>Whether a cell is surely nobody's name.</summary>
    public static bool MayShow(string cell) =>
        cell.Length <= Longest && (s_labelWords.Contains(cell) || !cell.Any(c => char.IsLetter(c) || char.IsSurrogate(c)));
}
