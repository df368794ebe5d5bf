using System.Text;

namespace Radapt.Pages;

/// <summary>A table of a page. Headings are text; cells are HTML, and those of a column of numbers are aligned to the right.</summary>
/// <param name="style">Classes of the table; empty: none.</param>
/// <param name="columns">The headings; those that begin with <c>#</c>, which is not shown, are of numbers.</param>
internal sealed class HtmlTable(string style, params string[] columns)
{
    private const char Number = '#';
    private readonly StringBuilder _rows = new();

    /// <summary>Adds a row; its first cell is its heading.</summary>
    /// <param name="cells">HTML, one for every column.</param>
    /// <param name="rowStyle">Classes of the row.</param>
    public HtmlTable Add(IReadOnlyList<string> cells, string rowStyle = "")
    {
        _rows.Append(rowStyle.Length == 0 ? "<tr>" : $"<tr class=\"{rowStyle}\">");
        foreach ((int i, string cell) in cells.Index())
        {
            _rows.Append(i == 0 ? $"<th scope=\"row\">{cell}</th>" : $"<td{Class(i)}>{cell}</td>");
        }

        _rows.Append("</tr>\n");
        return this;
    }

    /// <summary>Whether there are no rows.</summary>
    public bool IsEmpty => _rows.Length == 0;

    /// <summary>The table.</summary>
    public override string ToString() =>
        $"<div class=\"scroll\"><table{(style.Length == 0 ? "" : $" class=\"{style}\"")}><thead><tr>"
        + string.Concat(columns.Select((c, i) => $"<th scope=\"col\"{Class(i)}>{HtmlPage.Text(c.TrimStart(Number))}</th>"))
        + $"</tr></thead><tbody>\n{_rows}</tbody></table></div>";

    private string Class(int column) => columns[column].StartsWith(Number) ? " class=\"number\"" : "";
}
