using System.Globalization;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>Whether the scores of a finding can be read as probabilities, and whom decisions by them would help.</summary>
internal static class CalibrationPlots
{
    private const int Height = 300;
    private static readonly ChartAxis s_share = ChartAxis.Regular("", 0, 1, 0.25);

    /// <summary>The reliability curve, with Wilson intervals of every bin.</summary>
    public static LineChart Reliability(Calibration calibration)
    {
        ReliabilityBin[] bins = [.. calibration.Curve.Where(b => b.Images > 0)];
        return new LineChart("Reliability", s_share with { Title = "predicted probability, mean of a bin" },
            s_share with { Title = "share with the finding" },
        [
            new ChartSeries("reliability", 1, [.. bins.Select(b => (b.MeanProbability!.Value, b.Positives.Value!.Value))])
            {
                HasMarks = true,
                HasNoLine = true,
                Whiskers = [.. bins.Select(b => (b.MeanProbability!.Value, b.Positives.Wilson()!.Value.Lower,
                    b.Positives.Wilson()!.Value.Upper))],
            },
        ])
        {
            Height = Height,
            HasDiagonal = true,
        };
    }

    /// <summary>The decision curve beside acting on everybody.</summary>
    public static LineChart Decision(FindingScores finding)
    {
        double[] probabilities = [.. finding.Logits.Select(Logistic.Sigmoid)];
        IReadOnlyList<DecisionPoint> curve = DecisionCurve.Compute(finding.Labels, probabilities) ?? [];
        double prevalence = finding.Count(1) / (double)finding.Labels.Length;
        var axis = ChartAxis.For("net benefit per image", [-prevalence / 4, prevalence]);
        return new LineChart("Decision curve", s_share with { Title = "probability from which one acts" }, axis,
        [
            new ChartSeries("act on everybody", 5, [.. curve.Select(p => (p.Threshold, p.TreatAll))
                .TakeWhile(p => p.TreatAll >= axis.From)])
            {
                IsDashed = true,
                IsThin = true,
            },
            new ChartSeries("act by the model", 1, [.. curve.Select(p => (p.Threshold, Math.Max(axis.From, p.NetBenefit)))]),
        ])
        {
            Height = Height,
            Reference = 0,
        };
    }

    /// <summary>The figures of calibration.</summary>
    public static string Table(Calibration calibration) =>
        new HtmlTable("words", "Calibration", "#value", "#ideal")
            .Add(["slope", Number(calibration.Slope), "1"])
            .Add(["intercept at slope 1", Number(calibration.InterceptAtSlopeOne), "0"])
            .Add(["expected calibration error", Number(calibration.Ece), "0"])
            .Add(["Brier score", Number(calibration.Brier), "0"])
            .Add(["share with the finding", Number(calibration.Positives / (double)calibration.Images), ""])
            .ToString();

    private static string Number(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? Numbers.None;
}
