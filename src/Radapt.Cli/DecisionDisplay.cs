using System.Globalization;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary>What frozen thresholds and calibration do, as people read it.</summary>
internal static class DecisionDisplay
{
    /// <summary>Shows the figures of all findings that have rules.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="figures">By finding.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="prevalence">Predictive values for this share of patients with the finding; null: for that of the images.</param>
    public static void Show(Terminal terminal, IReadOnlyList<DecisionFigures> figures, DecisionRules rules, double? prevalence)
    {
        if (figures.Count == 0)
        {
            return;
        }

        terminal.Line($"Thresholds and calibration, fitted on {rules.Source}, and not changed since:", strong: true);
        terminal.Rows(
            ["", "threshold", "sensitivity", "specificity", .. Values("PPV", prevalence), .. Values("NPV", prevalence)],
            from f in figures
            from p in f.Points
            select new[]
            {
                f.Rules.Finding, $"{Name(p.Key, rules)}: {Number(Logistic.Sigmoid(p.Value.Threshold))}", Share(p.Value.Sensitivity),
                Share(p.Value.Specificity), Value(p.Value, prevalence, true), Value(p.Value, prevalence, false),
            });
        terminal.Rows(
            [
                "", "ECE", "calibrated", "slope", "calibrated", "Brier", "calibrated", "uncertain", "positives covered",
                "negatives covered",
            ],
            figures.Select(f => new[]
            {
                f.Rules.Finding, Number(f.Before?.Ece), Number(f.After?.Ece), Number(f.Before?.Slope), Number(f.After?.Slope),
                Number(f.Before?.Brier), Number(f.After?.Brier), f.Coverage is { } u ? Number(u.Uncertain.Value) : "",
                f.Coverage is { } p ? Share(p.Positives) : "", f.Coverage is { } n ? Share(n.Negatives) : "",
            }),
            1, 2, 3, 4, 5, 6, 7);
    }

    private static string[] Values(string name, double? prevalence) => prevalence is { } given
        ? [string.Create(CultureInfo.InvariantCulture, $"{name} at {given:0.###}")] : [name];

    private static string Name(ThresholdRule rule, DecisionRules rules) => rule switch
    {
        ThresholdRule.Sensitivity => string.Create(CultureInfo.InvariantCulture, $"sensitivity {rules.Sensitivity:0.00}"),
        ThresholdRule.Specificity => string.Create(CultureInfo.InvariantCulture, $"specificity {rules.Specificity:0.00}"),
        _ => "Youden",
    };

    private static string Value(OperatingPoint point, double? prevalence, bool isPositive)
    {
        if (prevalence is not { } given)
        {
            return Share(isPositive ? point.PositiveValue : point.NegativeValue);
        }

        (double? positive, double? negative) = point.PredictiveValues(given);
        return Number(isPositive ? positive : negative);
    }

    private static string Share(Proportion share) => share.Value is null ? "-"
        : $"{Number(share.Value)} [{Number(share.Wilson()?.Lower)}, {Number(share.Wilson()?.Upper)}]";

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
