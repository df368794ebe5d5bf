using System.Globalization;

namespace Radapt.Datasets.Tables;

/// <summary>
/// How messages show what a cell holds. Numbers below ten, signs, and words that people write for labels are shown as they are. Any other
/// value may be a person's name, number or date of birth, of a column that was taken for another: then file, line and column say enough.
/// </summary>
internal static class ShownCell
{
    private const int Longest = 5; // of a number or sign

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

    /// <summary>Whether a cell surely says nothing of a person.</summary>
    public static bool MayShow(string cell) => s_labelWords.Contains(cell)
        || (cell.Length <= Longest && (!cell.Any(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            || (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 10)));
}
