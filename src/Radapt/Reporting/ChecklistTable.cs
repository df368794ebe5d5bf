using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>A checklist, answered as far as a run tells.</summary>
internal static class ChecklistTable
{
    /// <summary>The mark of what only people can fill in.</summary>
    public const string Marked = "<mark>to be filled in</mark>";

    /// <summary>The table, and how much of it is filled in.</summary>
    /// <param name="items">The items.</param>
    /// <param name="run">The run that answers.</param>
    public static string Html(IReadOnlyList<ChecklistItem> items, ReportedRun run)
    {
        var table = new HtmlTable("words", "item", "asks for", "in this run");
        string part = "";
        foreach (ChecklistItem item in items)
        {
            if (item.Part != part)
            {
                table.Add([$"<strong>{HtmlPage.Text(item.Part)}</strong>", "", ""]);
                part = item.Part;
            }

            string answer = item.Answer is null ? Marked : item.Answer(run);
            table.Add([HtmlPage.Text(item.Number), HtmlPage.Text(item.Asks),
                item.Also is { } also ? $"{answer} {Marked}: {HtmlPage.Text(also)}" : answer]);
        }

        int open = items.Count(i => i.Answer is null), partly = items.Count(i => i is { Answer: not null, Also: not null });
        return $"<p>{items.Count - open - partly} of {items.Count} items are answered by the run, {partly} in part; {open} only people can "
            + $"answer. The wording of the items is Radapt's, shortened: read the original before you submit.</p>{table}";
    }
}
