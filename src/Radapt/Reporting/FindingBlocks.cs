using System.Text;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>Finding by finding: curves with bands, and how scores are distributed.</summary>
internal static class FindingBlocks
{
    private const int Height = 300;
    private static readonly ChartAxis s_share = ChartAxis.Regular("", 0, 1, 0.25);

    /// <summary>The section.</summary>
    public static string Html(ReportedRun run, PlotSet plots)
    {
        var html = new StringBuilder("<p>Where to draw the line between \"finding\" and \"no finding\" is a choice. A low threshold finds more "
            + "(sensitivity) and raises more false alarms. The curves show all choices; the bands are pointwise 95 % intervals over resampled "
            + (run.Statistics.KnowsPatients ? "patients" : "images") + ". Dotted lines: guessing.</p>"
            + "<p>Reliability shows whether scores can be read as probabilities: of the images with a score near 0.3, 30 % should have the "
            + "finding (dotted line). The decision curve shows for whom the model would be of use: somebody who acts from a probability of "
            + "0.2 accepts four false alarms for a find, and the net benefit counts finds less false alarms at that rate, beside acting on "
            + "everybody and on nobody (0).</p>");
        html.Append(LineChart.Legend(
        [
            new ChartSeries("scores with the finding", 2, []) { Bars = [(0, 1, 1)] },
            new ChartSeries("scores without it", 1, []) { Bars = [(0, 1, 1)] },
            new ChartSeries("decision curve: act by the model", 1, []), new ChartSeries("act on everybody", 5, []) { IsDashed = true },
        ]));
        var patients = PatientClusters.Create(run.Scores);
        foreach ((int f, FindingStatistics statistics) in run.Statistics.Findings.Index())
        {
            var finding = FindingScores.Select(run.Scores, f, patients);
            html.Append($"<div class=\"finding\"><h3>{HtmlPage.Text(statistics.Finding)}</h3>");
            html.Append(statistics.Auroc.Value is null
                ? $"<p class=\"note\">{HtmlPage.Text(statistics.Auroc.Refusal ?? "There is only one class.")} There is nothing to draw.</p>"
                : $"<div class=\"charts\">{Charts(finding, statistics, plots)}</div>");
            html.Append("</div>");
        }

        return html.ToString();
    }

    private static string Charts(FindingScores finding, FindingStatistics statistics, PlotSet plots)
    {
        bool hasBand = statistics.Auroc.Interval is not null;
        CurveBands? bands = hasBand ? CurveBands.Compute(finding.Labels, finding.Logits, finding.Patients) : null;
        return plots.Add($"roc {finding.Finding}", Roc(finding, statistics, bands), finding.Finding)
            + plots.Add($"precision-recall {finding.Finding}", PrecisionRecall(finding, statistics, bands), finding.Finding)
            + plots.Add($"scores {finding.Finding}", Scores(finding), finding.Finding)
            + plots.Add($"reliability {finding.Finding}", CalibrationPlots.Reliability(statistics.Calibration!), finding.Finding)
            + plots.Add($"decision curve {finding.Finding}", CalibrationPlots.Decision(finding), finding.Finding)
            + CalibrationPlots.Table(statistics.Calibration!);
    }

    private static LineChart Roc(FindingScores finding, FindingStatistics statistics, CurveBands? bands)
    {
        IReadOnlyList<RocPoint> curve = RocCurve.Compute(finding.Labels, finding.Logits)!;
        return new LineChart("ROC", s_share with { Title = "1 - specificity (false alarms)" }, s_share with { Title = "sensitivity" },
        [
            new ChartSeries("ROC", 1, [.. curve.Select(p => (p.FalsePositiveRate, p.TruePositiveRate))])
            {
                Band = [.. (bands?.Roc ?? []).Select(b => (b.X, b.Low, b.High))],
            },
        ])
        {
            Height = Height,
            HasDiagonal = true,
            Notes = [$"AUROC {Numbers.Short(statistics.Auroc)}"],
        };
    }

    private static LineChart PrecisionRecall(FindingScores finding, FindingStatistics statistics, CurveBands? bands)
    {
        IReadOnlyList<(double Recall, double Precision)> curve = PrecisionRecallCurve.Compute(finding.Labels, finding.Logits)!;
        double prevalence = statistics.Positives / (double)(statistics.Positives + statistics.Negatives);
        return new LineChart("Precision and recall", s_share with { Title = "recall (sensitivity)" },
            s_share with { Title = "precision (PPV)" },
        [
            new ChartSeries("precision", 1, [.. Stepped(curve)])
            {
                Band = [.. (bands?.PrecisionRecall ?? []).Select(b => (b.X, b.Low, b.High))],
            },
        ])
        {
            Height = Height,
            Reference = prevalence,
            Notes = [$"AP {Numbers.Short(statistics.AveragePrecision)}"],
            HasNotesAbove = statistics.AveragePrecision.Value < 0.5,
        };
    }

    // The precision of a threshold holds for the recall that it gained, so that the area is the average precision.
    private static IEnumerable<(double X, double Y)> Stepped(IReadOnlyList<(double Recall, double Precision)> curve)
    {
        double recall = 0;
        foreach ((double at, double precision) in curve.Where(p => p.Recall > 0))
        {
            if (at > recall)
            {
                yield return (recall, precision);
                yield return (at, precision);
                recall = at;
            }
        }
    }

    private static LineChart Scores(FindingScores finding)
    {
        const int Bins = 20;
        double[] probabilities = [.. finding.Logits.Select(l => Inference.Scoring.Probability((float)l))];
        var axis = ChartAxis.Regular("predicted probability", 0, 1, 0.25);
        List<(double From, double To, double Height)> with = Histogram(1), without = Histogram(0);
        return new LineChart("Scores", axis, ChartAxis.For("share of images, %", with.Concat(without).Select(b => b.Height).Append(0)),
        [
            new ChartSeries("without it", 1, []) { Bars = without }, new ChartSeries("with the finding", 2, []) { Bars = with },
        ])
        {
            Height = Height,
        };

        List<(double From, double To, double Height)> Histogram(sbyte label)
        {
            int[] counts = new int[Bins];
            foreach (double p in probabilities.Where((_, i) => finding.Labels[i] == label))
            {
                counts[Math.Min(Bins - 1, (int)(p * Bins))]++;
            }

            double all = Math.Max(1, counts.Sum());
            return [.. counts.Select((c, b) => (b / (double)Bins, (b + 1) / (double)Bins, 100 * c / all))];
        }
    }
}
