using Radapt.Studies.Tables;

namespace Radapt.Cli;

/// <summary>The table of a study on a terminal.</summary>
internal static class StudyTableDisplay
{
    public static void Show(Terminal terminal, StudyTable table)
    {
        terminal.Line($"{table.Title}: test AUROC, mean of findings and seeds ± standard deviation over seeds", strong: true);
        terminal.Rows(["", .. table.Columns.Select(c => c.Title.Length == 0 ? "AUROC" : c.Title)],
            table.Rows.Select(r => (string[])[r.Title, .. table.Columns.Select(c => Text(table.Cell(r, c)))]),
            [.. Enumerable.Range(1, table.Columns.Count)]);
    }

    private static string Text(TableCell? cell) => cell is null ? ""
        : $"{(cell.Mean is { } mean ? Figures.Auroc(mean) : "-")}{(cell.Deviation is { } sd ? $" ± {Figures.Auroc(sd)}" : "")}"
            + (cell.IsPartial ? $" ({cell.Complete} of {cell.Runs.Count})" : "");
}
