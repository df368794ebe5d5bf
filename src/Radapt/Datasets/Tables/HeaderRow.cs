using System.Globalization;

namespace Radapt.Datasets.Tables;

/// <summary>
/// Which of a table's first rows names its columns: the first, unless it and others after it leave columns without a name, as a title, a
/// date or names of groups of columns do, above a row that names more, and all that hold anything.
/// </summary>
internal static class HeaderRow
{
    /// <summary>Rows that are looked at.</summary>
    public const int Looked = 20;

    /// <summary>The number of the row among the first ones, none of which is empty.</summary>
    /// <param name="rows">Cells of at most <see cref="Looked"/> rows.</param>
    public static int Find(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int most = 0; // cells of the rows before
        for (int r = 0; r < rows.Count - 1; r++)
        {
            bool isComplete = IsComplete(rows[r], rows.Skip(r + 1));
            int filled = rows[r].Count(c => c.Length > 0);
            if (r > 0 && isComplete && filled > most && NamesColumns(rows[r]))
            {
                return r;
            }

            if (r == 0 && isComplete)
            {
                return 0;
            }

            most = Math.Max(most, filled);
        }

        return 0;
    }

    // Names differ, and are neither numbers nor words that labels are written as; single letters may be both.
    private static bool NamesColumns(IReadOnlyList<string> row)
    {
        string[] names = [.. row.Where(c => c.Length > 0)];
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length
            && !names.Any(n => (n.Length > 1 && LabelWords.Read(n) != LabelWord.Other)
            || double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    private static bool IsComplete(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows) =>
        rows.All(row => row.Index().All(c => c.Item.Length == 0 || (c.Index < header.Count && header[c.Index].Length > 0)));
}
