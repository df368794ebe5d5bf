using Radapt.Evaluation;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>The figures of every finding with their intervals, beside what guessing gives.</summary>
internal static class FindingFigures
{
    /// <summary>The section.</summary>
    public static string Html(ReportedRun run, PlotSet plots)
    {
        RunStatistics statistics = run.Statistics;
        var table = new HtmlTable("", "Finding", "#with it", "#without", "#AUROC, 95 % interval", "#average precision, 95 % interval",
            "#share with it");
        foreach (FindingStatistics finding in statistics.Findings)
        {
            table.Add([HtmlPage.Text(finding.Finding), Numbers.Count(finding.Positives), Numbers.Count(finding.Negatives),
                Numbers.Cell(finding.Auroc), Numbers.Cell(finding.AveragePrecision), Numbers.Figure(Prevalence(finding))]);
        }

        if (statistics.Findings.Count > 1)
        {
            table.Add(["mean", "", "", Numbers.Cell(statistics.MeanAuroc), Numbers.Cell(statistics.MeanAveragePrecision),
                Numbers.Figure(MeanPrevalence(statistics))], "total");
        }

        if (Baseline(run) is { } baseline)
        {
            table.Add([$"frozen features + {HtmlPage.Text(run.Record.Baseline!.Method ?? "ridge")}, {(statistics.Findings.Count > 1 ? "mean" : "the same images")}", "", "",
                Numbers.Figure(baseline.Auroc.GetValueOrDefault(Runs.RunFigures.Mean)),
                Numbers.Figure(baseline.AveragePrecision.GetValueOrDefault(Runs.RunFigures.Mean)), ""], "other");
        }

        table.Add(["guessing", "", "", "0.500", Numbers.Figure(MeanPrevalence(statistics)), ""], "other");
        return $"<div class=\"wide\">{plots.Add("auroc of findings", Forest(run))}</div>{table}"
            + "<p class=\"note\">AUROC: the chance that an image with the finding gets a higher score than one without; guessing gives 0.5. "
            + "Average precision: the mean share of true finds among the images called positive, over all thresholds; guessing gives the "
            + $"share of images with the finding. {Methods(statistics)}{(Baseline(run) is null ? "" : BaselineNote)}</p>{Refusals(statistics)}{Folds(run)}";
    }

    private const string BaselineNote =
        " Hollow diamonds and the row \"frozen features\": a linear map on the features of the unchanged backbone, "
        + "fitted in seconds. Fine-tuning that does not beat it was not worth it.";

    // What a cheap method reaches on the same images; null: the run has none.
    private static Runs.RunFigures? Baseline(ReportedRun run) => run.HasNoTest ? run.Record.Baseline?.Val : run.Record.Baseline?.Test;

    private static double? Prevalence(FindingStatistics finding) =>
        finding.Positives + finding.Negatives == 0 ? null : finding.Positives / (double)(finding.Positives + finding.Negatives);

    private static double? MeanPrevalence(RunStatistics statistics)
    {
        double[] defined = [.. statistics.Findings.Where(f => f.Auroc.Value is not null).Select(Prevalence).OfType<double>()];
        return defined.Length == 0 ? null : defined.Average();
    }

    private static ForestChart Forest(ReportedRun run)
    {
        RunStatistics statistics = run.Statistics;
        IReadOnlyDictionary<string, double?> other = Baseline(run)?.Auroc ?? new Dictionary<string, double?>();
        List<ForestRow> rows = [.. statistics.Findings.Select(f => Row(f.Finding, f.Auroc) with
            { Other = other.GetValueOrDefault(f.Finding) })];
        if (rows.Count > 1)
        {
            rows.Add(Row("mean", statistics.MeanAuroc) with { IsTotal = true, Other = other.GetValueOrDefault(Runs.RunFigures.Mean) });
        }

        return ForestChart.Create("How well the scores separate images with and without each finding", Axis(rows), rows, reference: 0.5);
    }

    /// <summary>An axis of AUROCs that holds all rows and guessing.</summary>
    public static ChartAxis Axis(IEnumerable<ForestRow> rows)
    {
        double lowest = Math.Min(0.5, rows.SelectMany(r => new[] { r.Low ?? r.Value, r.Other }).OfType<double>().DefaultIfEmpty(0.5).Min());
        return ChartAxis.Regular("AUROC with its 95 % interval; dotted: guessing", Math.Floor(lowest * 10) / 10, 1, 0.1);
    }

    /// <summary>A row with an AUROC.</summary>
    public static ForestRow Row(string name, Metrics.Estimate estimate) => new(
        name, estimate.Value, estimate.Interval?.Lower, estimate.Interval?.Upper,
        estimate.Interval is null && estimate.Value is not null ? $"{Numbers.Short(estimate.Value.Value)} (no interval)"
            : Numbers.Short(estimate));

    private static string Methods(RunStatistics statistics)
    {
        string[] methods = [.. statistics.Findings.Select(f => f.Auroc.Method).Concat([statistics.MeanAuroc.Method])
            .OfType<string>().Distinct()];
        return methods.Length == 0 ? "" : $"Intervals: {HtmlPage.Text(string.Join("; ", methods))}.";
    }

    private static string Refusals(RunStatistics statistics)
    {
        string[] refusals = [.. statistics.Findings.Where(f => f.Auroc.Refusal is not null)
            .Select(f => $"<strong>{HtmlPage.Text(f.Finding)}</strong> has no interval: {HtmlPage.Text(f.Auroc.Refusal!)}")];
        return refusals.Length == 0 ? "" : HtmlPage.List(refusals);
    }

    private static string Folds(ReportedRun run)
    {
        if (run.Record.Folds?.Auroc is not { } folds)
        {
            return "";
        }

        int count = run.Record.Folds.Count;
        var table = new HtmlTable("", ["AUROC of the folds", "#mean", "#sd", .. Enumerable.Range(1, count).Select(f => $"#fold {f}")]);
        foreach ((string finding, Runs.RunFoldFigure figure) in folds.Where(f => f.Key != Runs.RunFigures.Mean || run.Findings.Count > 1))
        {
            table.Add([HtmlPage.Text(finding), Numbers.Figure(figure.Mean), Numbers.Figure(figure.Sd),
                .. figure.Values.Select(Numbers.Figure)],
                finding == Runs.RunFigures.Mean ? "total" : "");
        }

        return $"<h3>Fold by fold</h3>{table}<p class=\"note\">The figures above pool the images of all folds. sd: standard deviation over folds, "
            + "which share most of their training images, so that it is not the uncertainty of the mean.</p>";
    }
}
