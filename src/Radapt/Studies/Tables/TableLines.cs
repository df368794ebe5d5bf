using System.Globalization;
using Radapt.Metrics;

namespace Radapt.Studies.Tables;

/// <summary>
/// A table as people read it: headings, lines of texts, and notes that say what they mean. AUROC in percent, as in the paper.
/// </summary>
/// <param name="Headings">Of the columns; the first is that of the lines' titles.</param>
/// <param name="Lines">A title and a text per column.</param>
/// <param name="Notes">Sentences.</param>
internal sealed record TableLines(IReadOnlyList<string> Headings, IReadOnlyList<TableLine> Lines, IReadOnlyList<string> Notes)
{
    private const string Figure = "AUROC, %";

    /// <summary>The lines of a table.</summary>
    public static TableLines Create(StudyTable table)
    {
        int width = table.Layout.HasOwnColumns
            ? table.Rows.Max(r => table.Columns.Count(c => table.Cell(r, c) is not null)) : table.Columns.Count;
        string[] headings =
        [
            "",
            .. table.Layout.HasOwnColumns ? Enumerable.Repeat("", width)
                : table.Columns.Select(c => c.Title.Length == 0 ? Figure : c.Title),
        ];
        return new TableLines(headings, [.. table.Rows.SelectMany(r => LinesOf(table, r, width))], [.. NotesOf(table)]);
    }

    /// <summary>An AUROC or its spread in percent, with one decimal.</summary>
    public static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static IEnumerable<TableLine> LinesOf(StudyTable table, TableAxis row, int width)
    {
        TableAxis[] columns = [.. table.Columns.Where(c => !table.Layout.HasOwnColumns || table.Cell(row, c) is not null)];
        TableCell?[] cells = [.. columns.Select(c => table.Cell(row, c)), .. Enumerable.Repeat<TableCell?>(null, width - columns.Length)];
        if (table.Layout.HasOwnColumns)
        {
            yield return new TableLine(TableLineKind.Heading, row.Title,
                [.. columns.Select(c => c.Title), .. Enumerable.Repeat("", width - columns.Length)]);
        }

        yield return Line(TableLineKind.Figure, table.Layout.HasOwnColumns ? Figure : row.Title, FigureText);
        if (cells.Any(c => c?.Overall.OverPatients is not null))
        {
            yield return Line(TableLineKind.Patients, "over patients", c => IntervalText(c.Overall.OverPatients));
        }

        if (cells.Select(c => c?.Difference?.Reference).FirstOrDefault(r => r is not null) is { } reference)
        {
            yield return Line(TableLineKind.Difference, $"against {reference}", c => c.Difference is { } d ? DifferenceText(d) : "");
        }

        if (cells.Any(c => c?.Published is not null))
        {
            yield return Line(TableLineKind.Published, "published",
                c => c.Published?.ToString("0.0", CultureInfo.InvariantCulture) ?? "");
        }

        TableLine Line(TableLineKind kind, string title, Func<TableCell, string> text) =>
            new(kind, title, [.. cells.Select(c => c is null ? "" : text(c))]);
    }

    private static string FigureText(TableCell cell)
    {
        string figure = cell.Mean is not { } mean ? "-"
            : Percent(mean) + (cell.Deviation is { } deviation ? $" ± {Percent(deviation)}" : "");
        return cell.Complete == cell.Runs.Count ? figure
            : $"{figure} ({cell.Complete} of {cell.Runs.Count}{(cell.Failed > 0 ? $", {cell.Failed} failed" : "")})";
    }

    private static string IntervalText(Estimate? estimate) =>
        estimate is null ? "" : estimate.Interval is { } i ? $"[{Percent(i.Lower)}, {Percent(i.Upper)}]" : "none";

    private static string DifferenceText(CellDifference difference)
    {
        string error = difference.StandardError is { } standardError ? $" ± {Percent(standardError)}" : "";
        string interval = difference.OverPatients?.Interval is { } i ? $" [{Signed(i.Lower)}, {Signed(i.Upper)}]" : "";
        string p = difference.PValue is { } value ? $" p {PText(value)}" : "";
        return $"{Signed(difference.Mean)}{error}{interval}{p}";
    }

    private static string Signed(double value) => (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    private static string PText(double p) => p < 0.001 ? "< .001" : p.ToString("0.000", CultureInfo.InvariantCulture)[1..];

    private static IEnumerable<string> NotesOf(StudyTable table)
    {
        TableCell[] cells = [.. table.Cells.Values];
        bool hasSeeds = cells.Any(c => c.Deviation is not null);
        yield return $"Test AUROC in percent, mean over findings{(hasSeeds ? " and seeds ± standard deviation over seeds" : "")}.";
        if (table.IntervalMethod is { } method)
        {
            yield return $"Over patients: 95 % interval of that figure for these seeds ({method}; every run is scored by itself, on "
                + "the same resamples, then the mean over seeds is taken). It is for these seeds, and the spread is for these patients: neither holds the other.";
        }

        if (cells.Any(c => c.Difference is not null))
        {
            yield return "Against another cell: mean difference of runs with the same seed"
                + (hasSeeds ? " ± standard error over seeds" : "")
                + (table.IntervalMethod is null ? "." : " [95 % interval over patients] and its two-sided p value, without adjustment "
                    + "for the number of cells.");
        }

        if (cells.Select(c => c.Overall.OverPatients?.Refusal).FirstOrDefault(r => r is not null) is { } refusal
            && cells.Any(c => c.Mean is not null && c.Overall.OverPatients?.Interval is null))
        {
            yield return $"Where there is no interval: {refusal}";
        }

        if (table.PublishedSource is { } source && cells.Any(c => c.Published is not null))
        {
            yield return $"Published: {source}.";
        }

        (int complete, int all) = (cells.Sum(c => c.Complete), cells.Sum(c => c.Runs.Count));
        if (complete < all)
        {
            yield return $"{complete} of {Plural.Count(all, "run")} are complete; the others are not in these figures.";
        }
    }
}
