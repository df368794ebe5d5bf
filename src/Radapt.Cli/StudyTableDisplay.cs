using Radapt.Studies.Tables;

namespace Radapt.Cli;

/// <summary>The table of a study on a terminal.</summary>
internal static class StudyTableDisplay
{
    public static void Show(Terminal terminal, StudyTable table)
    {
        var lines = TableLines.Create(table);
        terminal.Line(table.Title, strong: true);
        terminal.Rows(lines.Headings, lines.Lines.Select(l => (string[])[(l.IsBelow ? "  " : "") + l.Title, .. l.Cells]),
            [.. Enumerable.Range(1, lines.Headings.Count - 1)]);
        foreach (string note in lines.Notes)
        {
            terminal.Line(note);
        }
    }
}
