using System.Globalization;

namespace Radapt.Bench;

/// <summary>Rows of the simulations' tables.</summary>
internal static class MarkdownRow
{
    /// <summary>Writes the first two rows.</summary>
    public static void Head(IReadOnlyList<string> columns, Action<string> line)
    {
        line(Write(columns));
        line(Write(Enumerable.Repeat("---", columns.Count)));
    }

    /// <summary>A row.</summary>
    public static string Write(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    /// <summary>A share as percent.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
