using System.Text;
using Radapt.Evaluation;
using Radapt.Pages;
using Radapt.Studies;

namespace Radapt.Reporting;

/// <summary>The figures by group of patients or images.</summary>
internal static class SubgroupSection
{
    /// <summary>The section.</summary>
    /// <param name="run">The run.</param>
    /// <param name="columns">Columns of the label table, or DICOM attributes.</param>
    /// <param name="plots">Receives a plot for every column.</param>
    /// <exception cref="RadaptException">The data is not there any more, no image has a value, or there are too many groups.</exception>
    public static string Html(ReportedRun run, IReadOnlyList<string> columns, PlotSet plots)
    {
        var html = new StringBuilder("<p>Whether the model does as well for everybody. Groups are small parts of the test, so their intervals are wide: "
            + "that two figures differ does not show that the model treats groups differently, and that they do not differ does not show that it treats "
            + "them alike.</p>");
        foreach (string column in columns)
        {
            IReadOnlyList<Subgroup> groups = Groups(run, column);
            html.Append($"<h3>{HtmlPage.Text(column)}</h3><div class=\"wide\">{plots.Add($"subgroups {column}", Forest(run, column, groups))}</div>");
            var table = new HtmlTable("", ["Group", "#images", "#patients", .. run.Findings.Select(f => "#" + f)]);
            foreach (Subgroup group in groups)
            {
                table.Add([HtmlPage.Text(group.Name), Numbers.Count(group.Statistics.Images), group.Statistics.KnowsPatients
                    ? Numbers.Count(group.Statistics.Patients) : Numbers.None,
                    .. group.Statistics.Findings.Select(f => Numbers.Cell(f.Auroc))]);
            }

            html.Append(table).Append("<p class=\"note\">AUROC with its 95 % interval; without one where there are too few cases.</p>");
        }

        return html.ToString();
    }

    private static IReadOnlyList<Subgroup> Groups(ReportedRun run, string column)
    {
        var groups = new Dictionary<string, string?>();
        foreach (string folder in FoldedRuns.Expand(run.Folder))
        {
            foreach ((string name, Datasets.LabelledImage image) in TestedImages.Find(run, folder, column).ByName)
            {
                groups[name] = image.Group;
            }
        }

        string?[] values = [.. run.Scores.Images.Select(groups.GetValueOrDefault)];
        return values.Any(v => v is not null) ? Subgroup.Compute(run.Scores, values, column)
            : throw new RadaptException($"--subgroup {column}: no image has a value of it.");
    }

    private static ForestChart Forest(ReportedRun run, string column, IReadOnlyList<Subgroup> groups)
    {
        bool isOne = run.Findings.Count == 1;
        ForestRow[] rows = [.. groups.Select(g => FindingFigures.Row(g.Name, isOne ? g.Statistics.Findings[0].Auroc
            : g.Statistics.MeanAuroc)),
            FindingFigures.Row("all", isOne ? run.Statistics.Findings[0].Auroc : run.Statistics.MeanAuroc) with { IsTotal = true }];
        return ForestChart.Create($"{(isOne ? "AUROC" : "Mean AUROC")} by {column}", FindingFigures.Axis(rows), rows, reference: 0.5);
    }
}
