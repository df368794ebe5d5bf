using System.Text;
using Radapt.Evaluation;
using Radapt.Pages;
using Radapt.Recipes;

namespace Radapt.Reporting;

/// <summary>The answer first: what was trained on whom, how good it is, what that means. Its figures decide the sentences.</summary>
internal static class ShortAnswer
{
    /// <summary>The section.</summary>
    public static string Html(ReportedRun run)
    {
        var html = new StringBuilder();
        html.Append($"<p>{Trained(run)} {Tested(run)}</p>");
        html.Append(Tiles(run));
        html.Append($"<p>{Verdict(run)}</p><p>{Meaning(run)}</p>");
        html.Append("<p class=\"warn\"><strong>Not for clinical use.</strong> Radapt is research software. These figures say how well "
            + "scores separate the labels of these images; they do not say that anybody is helped by them.</p>");
        return html.ToString();
    }

    private static string Trained(ReportedRun run)
    {
        string findings = run.Findings.Count <= 6 ? Numbers.And(run.Findings) : $"{run.Findings.Count} findings";
        string what = $"A vision transformer ({HtmlPage.Text(RunWords.Weights(run))}) was adapted by {HtmlPage.Text(RunWords.Method(run))} "
            + $"to recognise {findings} in radiographs";
        return run.IsCrossValidation
            ? $"{what}, in {run.Record.Folds!.Count} runs, each on all images but those of its fold."
            : $"{what}. It learned from {RunWords.Part(run, "train")}. {RunWords.Choice(run)}";
    }

    private static string Tested(ReportedRun run) =>
        run.IsCrossValidation ? $"The figures are from {RunWords.Tested(run)}, each scored by the run that had not seen its patient."
        : run.HasNoTest
            ? $"There are no test images. The figures are from the {RunWords.Tested(run)}"
                + (run.Selection == EpochSelection.Best ? " that also chose the epoch, so they are too good." : ", which chose no epoch.")
        : $"The figures are from {RunWords.Tested(run)} for testing, which had no part in training.";

    private static string Tiles(ReportedRun run)
    {
        RunStatistics statistics = run.Statistics;
        bool isOne = run.Findings.Count == 1;
        Metrics.Estimate auroc = isOne ? statistics.Findings[0].Auroc : statistics.MeanAuroc;
        int better = run.BetterThanChance().Count();
        (string Value, string What)[] tiles =
        [
            (auroc.Value is { } v ? Numbers.Short(v) : Numbers.None,
                (isOne ? "AUROC" : "mean AUROC of the findings")
                + (auroc.Interval is { } i ? $", 95 % interval {Numbers.Short(i.Lower)} to {Numbers.Short(i.Upper)}" : ", no interval")),
            isOne ? (Numbers.Count(statistics.Findings[0].Positives),
                $"of {Numbers.Count(statistics.Images)} {run.Tested} images with the finding")
                : ($"{better} of {run.Findings.Count}", "findings ranked better than guessing, beyond chance"),
            (Numbers.Count(statistics.Images), $"{run.Tested} images"
                + (statistics.KnowsPatients ? $" of {Plural.Count(statistics.Patients, "patient")}" : ", patients not known")),
            (Numbers.Percent((run.Record.Trainable?.Percent ?? double.NaN) / 100, "0.##"),
                $"of the model trained: {Numbers.Count(run.Record.Trainable?.Parameters)} parameters"),
        ];
        return "<div class=\"tiles\">" + string.Concat(tiles.Where(t => !t.Value.Contains("NaN", StringComparison.Ordinal))
            .Select(t => $"<div class=\"tile\"><b>{t.Value}</b><span>{HtmlPage.Text(t.What)}</span></div>")) + "</div>";
    }

    private static string Verdict(ReportedRun run)
    {
        var sentences = new List<string>();
        if (run.BetterThanChance().OrderByDescending(f => f.Auroc.Value).ToList() is { Count: > 0 } better)
        {
            sentences.Add($"<strong>Ranked better than guessing:</strong> {Listed(better)}.");
        }

        if (run.LikeChance().ToList() is { Count: > 0 } alike)
        {
            sentences.Add($"<strong>Not told from guessing with these images:</strong> {Listed(alike)}.");
        }

        if (run.WithoutInterval().ToList() is { Count: > 0 } few)
        {
            sentences.Add($"<strong>Too few cases for an interval:</strong> {Numbers.And([.. few.Select(f => f.Finding)])}.");
        }

        Metrics.Estimate auroc = run.Findings.Count == 1 ? run.Statistics.Findings[0].Auroc : run.Statistics.MeanAuroc;
        if ((run.HasNoTest ? run.Record.Baseline?.Val : run.Record.Baseline?.Test)?.Auroc.GetValueOrDefault(Runs.RunFigures.Mean) is
            { } baseline
            && auroc.Value is { } value)
        {
            sentences.Add($"<strong>A cheap method for comparison:</strong> {HtmlPage.Text(run.Record.Baseline!.Method ?? "ridge")} regression on the "
                + $"unchanged backbone reaches {Numbers.Short(baseline)} on the same images, "
                + (baseline > value ? "which is more than fine-tuning reached." : baseline < value ? "which is less."
                    : "which is the same."));
        }

        return string.Join(" ", sentences);
    }

    private static string Listed(IReadOnlyList<FindingStatistics> findings) =>
        string.Join("; ", findings.Select(f => $"{HtmlPage.Text(f.Finding)} {Numbers.Short(f.Auroc)}"));

    private static string Meaning(ReportedRun run)
    {
        FindingStatistics? best = run.Statistics.Findings.Where(f => f.Auroc is { Value: not null, Interval: not null })
            .MaxBy(f => f.Auroc.Value);
        if (best?.Auroc.Value is not { } auroc)
        {
            return "No finding has enough cases for an AUROC with an interval.";
        }

        return $"What an AUROC means: of 100 pairs, each of a {run.Tested} image with {HtmlPage.Text(best.Finding)} and one without, the model "
            + $"gives the one with it the higher score in about {Math.Round(100 * auroc):0}; guessing does so in 50. "
            + "The interval says how much that figure would vary with other "
            + (run.Statistics.KnowsPatients ? "patients" : "images")
                + " like these, but not with other hospitals, or if training were repeated.";
    }
}
