using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Radapt.Datasets.Tables;
using Radapt.Metrics;
using Radapt.Options;
using Radapt.Studies.Design;

namespace Radapt.Studies.Tables;

/// <summary>Tables of studies as texts for documents and programs.</summary>
internal static class TableFormats
{
    private static readonly StudyFactor[] s_factors = [StudyFactor.Data, StudyFactor.Weights, StudyFactor.Method, StudyFactor.Fraction];

    /// <summary>A Markdown table and its notes.</summary>
    public static string ToMarkdown(StudyTable table)
    {
        var lines = TableLines.Create(table);
        var text = new StringBuilder($"**{Escaped(table.Title)}**\n\n");
        Row(lines.Headings.Select(Escaped));
        Row(["---", .. lines.Headings.Skip(1).Select(_ => "---:")]);
        foreach (TableLine line in lines.Lines)
        {
            Row([line.IsBelow ? $"*{Escaped(line.Title)}*" : Escaped(line.Title), .. line.Cells.Select(Escaped)]);
        }

        text.Append('\n').AppendJoin("\n\n", lines.Notes.Select(Escaped)).Append('\n');
        return text.ToString();

        void Row(IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

        static string Escaped(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);
    }

    /// <summary>A LaTeX table that needs no package.</summary>
    public static string ToLatex(StudyTable table)
    {
        var lines = TableLines.Create(table);
        var text = new StringBuilder("\\begin{table}\n\\centering\n");
        text.Append(CultureInfo.InvariantCulture, $"\\caption{{{Escaped(table.Title)}. {Escaped(string.Join(' ', lines.Notes))}}}\n");
        text.Append(CultureInfo.InvariantCulture, $"\\begin{{tabular}}{{l{new string('r', lines.Headings.Count - 1)}}}\n\\hline\n");
        if (!table.Layout.HasOwnColumns)
        {
            Row(lines.Headings);
            text.Append("\\hline\n");
        }

        foreach (TableLine line in lines.Lines)
        {
            Row([line.Title, .. line.Cells], line.IsBelow ? "\\quad " : "");
        }

        return text.Append("\\hline\n\\end{tabular}\n\\end{table}\n").ToString();

        void Row(IEnumerable<string> cells, string indent = "") =>
            text.Append(indent).AppendJoin(" & ", cells.Select(Escaped)).Append(" \\\\\n");
    }

    /// <summary>
    /// A line for every cell and finding, and for the mean over findings: levels, runs, AUROC (0 to 1) with its spread over seeds and its
    /// interval over patients, and for the mean the difference and the published figure.
    /// </summary>
    public static string ToCsv(StudyTable table)
    {
        var text = new StringBuilder();
        Row([.. s_factors.Select(f => f.Spelled()), "finding", "runs", "complete", "failed", "auroc", "sd_over_seeds", "patients_low",
            "patients_high", "difference_from", "difference", "difference_se_over_seeds", "difference_patients_low",
            "difference_patients_high", "difference_p_over_patients", "published_auroc"]);
        foreach (TableCell cell in table.Cells.Values)
        {
            foreach ((int i, CellFigure figure) in (cell.Figures.Count == 0 ? [cell.Overall] : cell.Figures).Index())
            {
                CellDifference? difference = i == 0 ? cell.Difference : null;
                Row(
                [
                    .. s_factors.Select(f => cell.Runs[0].Cell.Levels.GetValueOrDefault(f)?.Key ?? ""), figure.Finding,
                    Whole(cell.Runs.Count), Whole(cell.Complete), Whole(cell.Failed), Number(figure.Mean), Number(figure.Deviation),
                    Number(figure.OverPatients?.Interval?.Lower), Number(figure.OverPatients?.Interval?.Upper),
                    difference?.Reference ?? "", Number(difference?.Mean), Number(difference?.StandardError),
                    Number(difference?.OverPatients?.Interval?.Lower), Number(difference?.OverPatients?.Interval?.Upper),
                    Number(difference?.PValue), Number(i == 0 ? cell.Published / 100 : null),
                ]);
            }
        }

        return text.ToString();

        void Row(IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvCells.Written)).Append('\n');

        static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

        static string Number(double? value) => value is { } number ? OptionText.Format(Math.Round(number, 10)) : "";
    }

    /// <summary>The same for programs, with the value of every seed.</summary>
    public static JsonObject ToJson(StudyTable table) => new()
    {
        ["title"] = table.Title,
        ["layout"] = table.Layout.Name,
        ["rows"] = new JsonArray([.. table.Rows.Select(r => JsonValue.Create(r.Key))]),
        ["columns"] = new JsonArray([.. table.Columns.Select(c => JsonValue.Create(c.Key))]),
        ["interval_over_patients"] = table.IntervalMethod,
        ["published"] = table.PublishedSource,
        ["cells"] = new JsonArray([.. table.Cells.Select(c => CellJson(c.Key.Row, c.Key.Column, c.Value))]),
    };

    private static JsonObject CellJson(string row, string column, TableCell cell)
    {
        var levels = new JsonObject(s_factors.Where(cell.Runs[0].Cell.Levels.ContainsKey)
            .Select(f => KeyValuePair.Create<string, JsonNode?>(f.Spelled(), cell.Runs[0].Cell.Levels[f].Key)));
        var json = new JsonObject
        {
            ["row"] = row,
            ["column"] = column,
            ["levels"] = levels,
            ["runs"] = cell.Runs.Count,
            ["complete"] = cell.Complete,
            ["failed"] = cell.Failed,
            ["auroc"] = new JsonObject(cell.Figures.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Finding, FigureJson(f)))),
            ["published_auroc"] = cell.Published / 100,
        };
        if (cell.Difference is { } difference)
        {
            json["difference"] = new JsonObject
            {
                ["from"] = difference.Reference,
                ["mean"] = difference.Mean,
                ["se_over_seeds"] = difference.StandardError,
                ["seeds"] = new JsonArray([.. difference.Values.Select(v => JsonValue.Create(v))]),
                ["over_patients"] = IntervalJson(difference.OverPatients),
                ["p_over_patients"] = difference.PValue,
            };
        }

        return json;
    }

    private static JsonObject FigureJson(CellFigure figure) => new()
    {
        ["mean"] = figure.Mean,
        ["sd_over_seeds"] = figure.Deviation,
        ["seeds"] = new JsonObject(figure.Values.Select(v =>
            KeyValuePair.Create<string, JsonNode?>(v.Key.ToString(CultureInfo.InvariantCulture), v.Value))),
        ["over_patients"] = IntervalJson(figure.OverPatients),
    };

    private static JsonObject? IntervalJson(Estimate? estimate) => estimate is null ? null : new JsonObject
    {
        ["low"] = estimate.Interval?.Lower,
        ["high"] = estimate.Interval?.Upper,
        ["why_not"] = estimate.Refusal,
    };

    private static string Escaped(string text)
    {
        var latex = new StringBuilder();
        foreach (char c in text)
        {
            latex.Append(c switch
            {
                '±' => "$\\pm$",
                '\\' => "\\textbackslash{}",
                '~' => "\\textasciitilde{}",
                '^' => "\\textasciicircum{}",
                '<' => "$<$",
                '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{c}",
                _ => c.ToString(),
            });
        }

        return latex.ToString();
    }
}
