using System.Globalization;
using System.Text;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Pages;
using Radapt.Runs;

namespace Radapt.Reporting;

/// <summary>What the run's frozen thresholds, calibration and conformal limits do on the test images.</summary>
internal static class DecisionSection
{
    /// <summary>The section; null where the run has no rules, or no images that these have not seen.</summary>
    public static string? Html(ReportedRun run)
    {
        if (run.Rules is not { } rules || run.Decisions.Count == 0)
        {
            return null;
        }

        return $"<p>Thresholds and calibration were fitted on {HtmlPage.Text(rules.Source)}, and not changed since. Here they meet the test images.</p>"
            + $"{Thresholds(run.Decisions, rules)}<p class=\"note\">Shares with Wilson's 95 % intervals. PPV and NPV hold for the share of images with the "
            + "finding in this test; where the finding is rarer, fewer of those called positive have it. <code>radapt evaluate RUN --prevalence 0.05</code> "
            + $"gives them for another share.</p><h3>Calibration, before and after</h3>{Calibrated(run.Decisions)}{Answers(run.Decisions)}{NotFitted(rules)}";
    }

    private static string Thresholds(IReadOnlyList<DecisionFigures> decisions, DecisionRules rules)
    {
        var table = new HtmlTable("", "Finding", "called positive from", "#sensitivity", "#specificity", "#PPV", "#NPV");
        foreach (DecisionFigures finding in decisions)
        {
            bool isFirst = true;
            foreach ((ThresholdRule rule, OperatingPoint point) in finding.Points)
            {
                table.Add([isFirst ? HtmlPage.Text(finding.Rules.Finding) : "",
                    $"{Numbers.Short(Logistic.Sigmoid(point.Threshold))} <span class=\"soft\">{Name(rule, rules)}</span>",
                    Share(point.Sensitivity), Share(point.Specificity), Share(point.PositiveValue), Share(point.NegativeValue)]);
                isFirst = false;
            }
        }

        return table.ToString();
    }

    private static string Name(ThresholdRule rule, DecisionRules rules) => rule switch
    {
        ThresholdRule.Sensitivity => string.Create(CultureInfo.InvariantCulture, $"for a sensitivity of {rules.Sensitivity:0.00}"),
        ThresholdRule.Specificity => string.Create(CultureInfo.InvariantCulture, $"for a specificity of {rules.Specificity:0.00}"),
        _ => "largest sum of both (Youden)",
    };

    private static string Calibrated(IReadOnlyList<DecisionFigures> decisions)
    {
        var table = new HtmlTable("", "Finding", "#ECE", "#calibrated", "#slope", "#calibrated", "#Brier score", "#calibrated");
        foreach (DecisionFigures finding in decisions)
        {
            table.Add([HtmlPage.Text(finding.Rules.Finding), Numbers.Figure(finding.Before?.Ece), Numbers.Figure(finding.After?.Ece),
                Numbers.Figure(finding.Before?.Slope), Numbers.Figure(finding.After?.Slope),
                Numbers.Figure(finding.Before?.Brier), Numbers.Figure(finding.After?.Brier)]);
        }

        return $"{table}<p class=\"note\">ECE: expected calibration error, 15 bins, 0 is ideal. Slope: 1 is ideal; below 1, scores are too extreme. "
            + "Brier score: mean squared difference of score and label. Calibration does not change the order of images, so AUROCs stay.</p>";
    }

    private static string Answers(IReadOnlyList<DecisionFigures> decisions)
    {
        DecisionFigures[] covered = [.. decisions.Where(d => d.Coverage is not null)];
        if (covered.Length == 0)
        {
            return "";
        }

        var table = new HtmlTable("", "Finding", "#right of positives", "#right of negatives", "#uncertain");
        foreach (DecisionFigures finding in covered)
        {
            (Proportion positives, Proportion negatives, Proportion uncertain) = finding.Coverage!.Value;
            table.Add([HtmlPage.Text(finding.Rules.Finding), Share(positives), Share(negatives), Share(uncertain)]);
        }

        var html = new StringBuilder("<h3>Yes, no, or uncertain</h3><p>A conformal answer may be \"uncertain\". It is made to be right for at least "
            + $"{Numbers.Percent(1 - covered[0].Rules.Sets!.Alpha)} of the images with the finding and of those without it, as long as new images are like "
            + "those that it was fitted on.</p>");
        return html.Append(table).ToString();
    }

    private static string NotFitted(DecisionRules rules) => rules.NotFitted.Count == 0 ? ""
        : "<p class=\"note\">Without thresholds: " + string.Join(" ", rules.NotFitted.Select(n =>
            $"{HtmlPage.Text(n.Key)} ({HtmlPage.Text(n.Value.TrimEnd('.'))}).")) + "</p>";

    private static string Share(Proportion share) => share.Value is not { } value ? Numbers.None
        : $"{Numbers.Short(value)} <span class=\"soft\">{Numbers.Short(share.Wilson()!.Value.Lower)} to {Numbers.Short(share.Wilson()!.Value.Upper)}</span>";
}
