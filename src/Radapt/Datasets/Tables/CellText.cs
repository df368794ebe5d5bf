using System.Globalization;
using System.Text.RegularExpressions;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Text of a workbook's cells, in which characters that XML cannot hold are written <c>_x000D_</c> (ECMA-376 part 1, 22.9.2.19).
/// </summary>
internal static partial class CellText
{
    /// <summary>The text itself; an underscore that was escaped (<c>_x005F_</c>) begins no other escape.</summary>
    public static string Unescape(string text) => !text.Contains("_x", StringComparison.Ordinal) ? text
        : EscapePattern()
        .Replace(text, m => $"{(char)ushort.Parse(m.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)}");

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex EscapePattern();
}
