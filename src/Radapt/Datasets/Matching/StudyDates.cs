using System.Globalization;

namespace Radapt.Datasets.Matching;

/// <summary>Days as tables and headers write them.</summary>
internal static class StudyDates
{
    private static readonly string[] s_sorted = ["yyyy-M-d", "yyyyMMdd", "yyyy/M/d", "yyyy.M.d"];
    private static readonly string[] s_dayFirst = ["d.M.yyyy", "d/M/yyyy", "d-M-yyyy", "d.M.yy", "d/M/yy", "d-M-yy"];
    private static readonly string[] s_monthFirst = ["M/d/yyyy", "M-d-yyyy", "M/d/yy", "M-d-yy"];
    private static readonly DateTime s_first = new(1899, 12, 30); // day 0 of spreadsheets (ECMA-376 part 1, 18.17.4.1)

    /// <summary>The day that a header has: <c>yyyyMMdd</c>; null: none.</summary>
    public static DateOnly? FromHeader(string text) => Parse(text, s_sorted);

    /// <summary>
    /// The days of a column's cells, null where a cell is none: one reading, or two if nothing tells whether day or month come first.
    /// </summary>
    public static IReadOnlyList<(string Order, DateOnly?[] Days)> Read(IReadOnlyList<string> cells)
    {
        DateOnly?[] dayFirst = [.. cells.Select(c => Cell(c, s_dayFirst))];
        DateOnly?[] monthFirst = [.. cells.Select(c => Cell(c, s_monthFirst))];
        (int day, int month) = (dayFirst.Count(d => d is not null), monthFirst.Count(d => d is not null));
        return day == month && day > 0 && !dayFirst.SequenceEqual(monthFirst) ? [("day first", dayFirst), ("month first", monthFirst)]
            : [("", day >= month ? dayFirst : monthFirst)];
    }

    private static DateOnly? Cell(string cell, string[] formats)
    {
        if (cell.Length is 5 or 7 && cell.Split('.')[0] is { Length: 5 } number && int.TryParse(number, NumberStyles.None,
            CultureInfo.InvariantCulture, out int days) && days is > 20_000 and < 80_000)
        {
            return DateOnly.FromDateTime(s_first.AddDays(days)); // as a workbook stores it
        }

        string day = cell.Split(' ', 'T')[0];
        return Parse(day, s_sorted) ?? Parse(day, formats);
    }

    private static DateOnly? Parse(string text, string[] formats) =>
        DateOnly.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out DateOnly day) ? day : null;
}
