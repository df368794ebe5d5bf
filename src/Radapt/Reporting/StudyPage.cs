using System.Text;
using Radapt.Pages;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Reporting;

/// <summary>The report of a study: its table, its curves, and what they say and do not say.</summary>
internal static class StudyPage
{
    /// <summary>Makes the page.</summary>
    /// <param name="study">The study.</param>
    /// <param name="plots">Receives every plot.</param>
    /// <returns>HTML.</returns>
    public static string Create(ReportedStudy study, PlotSet plots)
    {
        var page = new HtmlPage($"Study report: {study.Design.Title}",
            $"{study.Complete} of {Plural.Count(study.Runs.Count, "run")} complete")
        { HasContents = true };
        page.Add("short", "In short", Short(study));
        page.Add("table", "The table", Table(study));
        if (StudyCurves.Fractions(study, plots) is { } fractions)
        {
            page.Add("fractions", "With fewer labels",
                "<p>Test AUROC by share of the labels. Marks: means over seeds; small dots: single seeds; whiskers: "
                + $"95 % intervals over patients, for these seeds.</p>{fractions}", onNewPage: true);
        }

        if (StudyCurves.Ranks(study, plots) is { } ranks)
        {
            page.Add("ranks", "By rank", $"<p>Test AUROC by rank, a line for every share of the labels.</p>{ranks}");
        }

        page.Add("limits", "What limits these figures", Limits(study));
        page.Add("costs", "What it cost", Costs(study), onNewPage: true);
        page.Add("runs", "The runs", RunTable(study));
        page.Add("repeat", "To repeat this study", Repeat(study));
        return page.ToString();
    }

    private static string Short(ReportedStudy study)
    {
        StudyTable table = study.Table;
        var items = new List<string>();
        foreach (TableAxis column in table.Columns)
        {
            string where = column.Title.Length == 0 ? "" : $"<strong>{HtmlPage.Text(column.Title)}:</strong> ";
            if (table.Best(column) is { } best && table.Cell(best, column) is { } cell)
            {
                items.Add($"{where}the highest mean test AUROC is that of {HtmlPage.Text(best.Title.Length == 0 ? study.Design.Title : best.Title)}, "
                    + $"{Percent(cell.Mean)}{Interval(cell.Overall.OverPatients)}.{Difference(cell)}");
            }
        }

        return $"<p>{study.Complete} runs are compared by their AUROC on test images, in percent.</p>{HtmlPage.List(items)}"
            + "<p>That a mean is the highest does not make it better: read it with its interval and with its difference from the "
            + "others in the table.</p>"
            + "<p class=\"warn\"><strong>Not for clinical use.</strong> A study compares methods. It does not show that anybody is helped by one.</p>";
    }

    private static string Difference(TableCell cell) => cell.Difference is not { } difference ? ""
        : $" It differs from {HtmlPage.Text(difference.Reference)} by {TableLines.Percent(difference.Mean)}"
            + (difference.OverPatients?.Interval is { } i
                ? $" (95 % interval over patients {TableLines.Percent(i.Lower)} to {TableLines.Percent(i.Upper)}), "
                    + (i.Contains(0) ? "which is not beyond chance." : "beyond chance, for these seeds.")
                : ".");

    private static string Interval(Metrics.Estimate? estimate) =>
        estimate?.Interval is { } i ? $" ({TableLines.Percent(i.Lower)} to {TableLines.Percent(i.Upper)})" : "";

    private static string Percent(double? auroc) => auroc is { } a ? TableLines.Percent(a) : Numbers.None;

    private static string Table(ReportedStudy study)
    {
        var lines = TableLines.Create(study.Table);
        var table = new HtmlTable("", [lines.Headings[0], .. lines.Headings.Skip(1).Select(h => "#" + h)]);
        foreach (TableLine line in lines.Lines)
        {
            string style = line.Kind switch
            {
                TableLineKind.Heading => "heading",
                TableLineKind.Figure => "",
                _ => "below",
            };
            table.Add([HtmlPage.Text(line.Title), .. line.Cells.Select(HtmlPage.Text)], style);
        }

        return $"{table}{string.Concat(lines.Notes.Select(n => $"<p class=\"note\">{HtmlPage.Text(n)}</p>"))}";
    }

    private static string Limits(ReportedStudy study)
    {
        int seeds = Math.Max(1, study.Design.Levels(StudyFactor.Seed).Count);
        List<string> items =
        [
            "<strong>Two uncertainties.</strong> The spread over seeds says what another draw of labels, order and noise would change, for these "
                + "test images. The interval over patients says what other test patients would change, for these seeds. Neither holds the other.",
            seeds == 1 ? "<strong>One seed.</strong> Nothing tells how much of a difference is luck of the draw."
                : $"<strong>{seeds} seeds</strong> tell a spread roughly: with so few, a standard deviation may be off by half.",
            "<strong>Many comparisons.</strong> p values are not adjusted for the number of cells; among twenty differences of nothing, one is below 5 %.",
            "<strong>Recipes decide.</strong> A method with other options may do better; what was tuned for one and not for the other is no fair comparison.",
            "<strong>One source.</strong> Each test set is from the data of its training set.",
        ];
        if (study.Complete < study.Runs.Count)
        {
            items.Insert(0, $"<strong>{study.Runs.Count - study.Complete} of {Plural.Count(study.Runs.Count, "run")} are not complete,</strong> "
                + "so means are over fewer seeds than planned, and differences over those that both sides have.");
        }

        return HtmlPage.List(items);
    }

    private static string Costs(ReportedStudy study)
    {
        var table = new HtmlTable("", "Method and weights", "#runs", "#trained parameters", "#share of the model", "#training, mean",
            "#memory, most");
        foreach (var group in study.Runs.Where(r => r.Record is not null).GroupBy(r => MethodAndWeights(r.Cell)))
        {
            RunRecord[] records = [.. group.Select(r => r.Record!)];
            table.Add([HtmlPage.Text(group.Key), Numbers.Count(records.Length), Numbers.Count(records[0].Trainable?.Parameters),
                Numbers.Percent(records[0].Trainable?.Percent / 100, "0.###"), Numbers.Duration(records.Average(r => r.Train?.Seconds)),
                records.Max(r => r.Train?.PeakMemoryMib) is { } memory ? $"{Numbers.Count((long)memory)} MiB" : Numbers.None]);
        }

        string[] machines = [.. study.Runs.Select(r => r.Record?.Machine).OfType<RunMachine>()
            .Select(m => $"{m.Processor}, {m.PhysicalCores} cores").Distinct()];
        return $"{table}<p class=\"note\">Training without validation, over all fractions and seeds. Machines: {HtmlPage.Text(string.Join("; ", machines))}. "
            + "Runs beside each other slow each other down, so times are no measurement of methods.</p>";
    }

    private static string MethodAndWeights(StudyCell cell)
    {
        string title = string.Join(", ", new[] { StudyFactor.Method, StudyFactor.Weights }.Where(cell.Levels.ContainsKey)
            .Select(f => cell.Levels[f].Title));
        return title.Length == 0 ? "all" : title;
    }

    private static string RunTable(ReportedStudy study)
    {
        var table = new HtmlTable("words", "run", "state", "#best epoch", "#validation AUROC", "#test AUROC", "#test images");
        foreach ((StudyCell cell, CellState state, RunRecord? record) in study.Runs)
        {
            table.Add([HtmlPage.Text(cell.Name), Words(state), record?.BestEpoch is { } best ? Numbers.Count(best) : Numbers.None,
                Numbers.Figure(record?.Val?.Auroc.GetValueOrDefault(RunFigures.Mean)),
                    Numbers.Figure(record?.Test?.Auroc.GetValueOrDefault(RunFigures.Mean)),
                Numbers.Count(record?.Data?.Test)]);
        }

        bool failed = study.Runs.Any(r => r.State == CellState.Failed);
        return $"{table}{(failed ? "<p class=\"note\">Why runs failed is in the study's folder (<code>failed/</code>); <code>radapt study run</code> shows it.</p>" : "")}";
    }

    private static string Words(CellState state) => state switch
    {
        CellState.Complete => "complete",
        CellState.Failed => "failed",
        CellState.Begun => "begun",
        _ => "not begun",
    };

    private static string Repeat(ReportedStudy study)
    {
        string folder = study.ShowsNames ? study.Folder.Path : "STUDY";
        var html = new StringBuilder($"<pre>{HtmlPage.Text($"radapt study run {folder}/study.yaml -o AGAIN\nradapt study table {folder}\nradapt report {folder} -o report.html")}</pre>");
        RunVersions?[] versions = [.. study.Runs.Select(r => r.Record?.Versions).Where(v => v is not null).Distinct()];
        var table = new HtmlTable("words", "what", "value");
        table.Add(["Software", HtmlPage.Text(string.Join("; ",
            versions.Select(v => $"Radapt {v!.Radapt}, TorchSharp {v.Torchsharp}, {v.Dotnet}")))]);
        foreach (var weights in study.Runs.Where(r => r.Record?.Weights?.Sha256 is not null)
            .GroupBy(r => r.Record!.Weights!.Sha256!).OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            table.Add(["Base weights",
                $"{HtmlPage.Text(weights.First().Record!.Weights!.Description ?? "")}<br><code>{HtmlPage.Text(weights.Key)}</code>"]);
        }

        foreach (var data in study.Runs.Where(r => r.Record?.Data?.AllImages is not null)
            .GroupBy(r => r.Cell.Levels.GetValueOrDefault(StudyFactor.Data)?.Title ?? "Data"))
        {
            table.Add([HtmlPage.Text(data.Key), string.Join("<br>", data.Select(d => d.Record!.Data!.AllImages!).Distinct()
                .Select(d => $"<span class=\"soft\">fingerprint of the images</span> <code>{HtmlPage.Text(d)}</code>"))]);
        }

        html.Append(table).Append("<p>Every run has its own folder in <code>runs/</code> with its recipe, and its own <code>report.html</code> by "
            + "<code>radapt report</code>.</p>");
        return study.ShowsNames ? html.Append($"<h3>study.yaml</h3><pre>{HtmlPage.Text(File.ReadAllText(study.Folder.File))}</pre>")
            .ToString() : html.ToString();
    }
}
