using System.Globalization;
using System.Text;

namespace Radapt;

/// <summary>
/// Text from files as it may be shown. Control characters would move a terminal's cursor, and direction marks (U+202E and its like) make
/// a name look like another one: both are shown as what they are.
/// </summary>
internal static class PrintableText
{
    // spelling in Persian and Indic scripts, and hyphenation
    private const char NonJoiner = '\u200C', Joiner = '\u200D', SoftHyphen = '\u00AD';

    /// <summary>
    /// The text with control characters as spaces, and with marks that change how other characters are shown as escapes, such as
    /// <c>\u202E</c>.
    /// </summary>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EscapeMarks(text.Any(char.IsControl) ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]) : text);
    }

    /// <summary>The text with marks that change how other characters are shown as escapes; JSON stays the same JSON.</summary>
    public static string EscapeMarks(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(IsMark))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = IsMark(c) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}") : shown.Append(c);
        }

        return shown.ToString();
    }

    private static bool IsMark(char c) => c is not (NonJoiner or Joiner or SoftHyphen)
        && char.GetUnicodeCategory(c) is (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
