using System.Globalization;
using System.Text;
using Radapt.Pages;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;

namespace Radapt.Reporting;

/// <summary>How test AUROCs change with the share of the labels and with the rank of LoRA.</summary>
internal static class StudyCurves
{
    private const string Rank = "rank";

    /// <summary>Label-efficiency curves: a chart for every data set and weights; null where one fraction is used.</summary>
    public static string? Fractions(ReportedStudy study, PlotSet plots)
    {
        IReadOnlyList<StudyLevel> fractions = study.Design.Levels(StudyFactor.Fraction);
        if (fractions.Count < 2)
        {
            return null;
        }

        var x = new ChartAxis("labels used", -0.2, fractions.Count - 0.8, [.. fractions.Select((f, i) => ((double)i, f.Title))]);
        return Charts(study, plots, "labels", x, Lines(study, StudyFactor.Method), cell =>
            Place(fractions, cell.Levels.GetValueOrDefault(StudyFactor.Fraction)));
    }

    /// <summary>Rank curves: a line for every share of the labels; null where one rank is used.</summary>
    public static string? Ranks(ReportedStudy study, PlotSet plots)
    {
        int[] ranks = [.. study.Runs.Select(r => RankOf(r.Cell)).OfType<int>().Distinct().Order()];
        if (ranks.Length < 2)
        {
            return null;
        }

        var x = new ChartAxis("rank", -0.2, ranks.Length - 0.8,
            [.. ranks.Select((r, i) => ((double)i, r.ToString(CultureInfo.InvariantCulture)))]);
        return Charts(study, plots, "ranks", x, Lines(study, StudyFactor.Fraction), cell => RankOf(cell) is { } rank
            ? Array.IndexOf(ranks, rank) : null);
    }

    private static string Charts(ReportedStudy study, PlotSet plots, string name, ChartAxis x,
        IReadOnlyList<StudyLevel?> lines, Func<StudyCell, double?> place)
    {
        TableCell[] cells = [.. study.Table.Cells.Values.Where(c => c.Mean is not null && place(c.Runs[0].Cell) is not null)];
        IGrouping<string, TableCell>[] charts = [.. cells.GroupBy(c => Title(c.Runs[0].Cell))];
        var y = ChartAxis.For("test AUROC", cells.SelectMany(c => c.Overall.Values.Values)
            .Concat(cells.Select(c => c.Overall.OverPatients?.Interval).OfType<Metrics.Interval>()
                .SelectMany(i => new[] { i.Lower, i.Upper })));
        var html = new StringBuilder();
        if (lines.Count > 1 || lines[0] is not null)
        {
            html.Append(LineChart.Legend(lines.Select((l, i) => Series(l, i, []))));
        }

        html.Append("<div class=\"charts two\">");
        foreach (IGrouping<string, TableCell> chart in charts)
        {
            ChartSeries[] series = [.. lines.Select((line, i) => WithPoints(Series(line, i, []), i, lines.Count,
                [.. chart.Where(c => line is null || c.Runs[0].Cell.Levels[line.Factor].Key == line.Key)], place))];
            html.Append(plots.Add($"{name} {chart.Key}", new LineChart(chart.Key, x, y, series) { Width = 480, Height = 320 }));
        }

        return html.Append("</div>").ToString();
    }

    // Lines beside each other, so that intervals do not hide each other.
    private static ChartSeries WithPoints(ChartSeries series, int line, int lines, IReadOnlyList<TableCell> cells,
        Func<StudyCell, double?> place)
    {
        double shift = lines < 2 ? 0 : 0.16 * ((line / (lines - 1.0)) - 0.5);
        (double X, TableCell Cell)[] placed = [.. cells.Select(c => (place(c.Runs[0].Cell)!.Value + shift, c)).OrderBy(c => c.Item1)];
        return series with
        {
            Points = [.. placed.Select(c => (c.X, c.Cell.Mean!.Value))],
            HasMarks = true,
            Whiskers = [.. placed.Where(c => c.Cell.Overall.OverPatients?.Interval is not null)
                .Select(c => (c.X, c.Cell.Overall.OverPatients!.Interval!.Value.Lower, c.Cell.Overall.OverPatients.Interval.Value.Upper))],
            Dots = [.. placed.Where(c => c.Cell.Overall.Values.Count > 1)
                .SelectMany(c => c.Cell.Overall.Values.Values.Select(v => (c.X, v)))],
        };
    }

    private static ChartSeries Series(StudyLevel? level, int number, IReadOnlyList<(double X, double Y)> points) =>
        new(level?.Title ?? "", 1 + (number % PageColours.Lines), points) { IsDashed = number >= PageColours.Lines };

    private static IReadOnlyList<StudyLevel?> Lines(ReportedStudy study, StudyFactor factor) =>
        study.Design.Levels(factor) is { Count: > 0 } levels ? [.. levels] : [null];

    private static string Title(StudyCell cell)
    {
        string title = string.Join(", ", new[] { StudyFactor.Data, StudyFactor.Weights }.Where(cell.Levels.ContainsKey)
            .Select(f => cell.Levels[f].Title));
        return title.Length == 0 ? "Test AUROC" : title;
    }

    private static double? Place(IReadOnlyList<StudyLevel> levels, StudyLevel? level) =>
        level is null ? null : levels.Index().Where(l => l.Item.Key == level.Key).Select(l => (double?)l.Index).FirstOrDefault();

    private static int? RankOf(StudyCell cell) =>
        cell.Given.Entries.FirstOrDefault(e => e.Option.Name == Rank)?.Value is int rank ? rank : null;
}
