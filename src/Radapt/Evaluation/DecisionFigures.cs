using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>What a run's frozen rules do on other images: one finding.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="Points">What each threshold does.</param>
/// <param name="Before">Calibration of the probabilities as they are.</param>
/// <param name="After">Calibration of the calibrated probabilities; null: they were not fitted.</param>
/// <param name="Curve">Decision curve of the calibrated probabilities, else of those as they are; null: a class is missing.</param>
internal sealed record DecisionFigures(
    FindingRules Rules, IReadOnlyDictionary<ThresholdRule, OperatingPoint> Points, Calibration? Before, Calibration? After,
    IReadOnlyList<DecisionPoint>? Curve)
{
    /// <summary>How often the conformal answers hold: of positives, of negatives, and the share without a definite answer; null: not
    /// fitted.</summary>
    public (Proportion Positives, Proportion Negatives, Proportion Uncertain)? Coverage { get; init; }

    /// <summary>Applies the rules of a run to images.</summary>
    /// <param name="scores">The images; not those that the rules were fitted on.</param>
    /// <param name="rules">The rules.</param>
    /// <returns>By finding that has rules.</returns>
    public static IReadOnlyList<DecisionFigures> Compute(LabelledScores scores, DecisionRules rules)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(rules);
        PatientClusters patients = PatientClusters.Create(scores);
        return
        [
            .. scores.Findings.Index().Select(f => (f.Index, Rules: rules.For(f.Item))).Where(f => f.Rules is not null)
                .Select(f => Compute(FindingScores.Select(scores, f.Index, patients), f.Rules!)),
        ];
    }

    /// <summary>The figures as JSON.</summary>
    /// <param name="prevalence">The share of patients with the finding for which predictive values are wanted; null: of these images
    /// only.</param>
    public JsonObject ToJson(double? prevalence)
    {
        var thresholds = new JsonObject();
        foreach ((ThresholdRule rule, OperatingPoint point) in Points)
        {
            var json = new JsonObject
            {
                ["probability"] = Logistic.Sigmoid(point.Threshold),
                ["sensitivity"] = Share(point.Sensitivity),
                ["specificity"] = Share(point.Specificity),
                ["ppv"] = Share(point.PositiveValue),
                ["npv"] = Share(point.NegativeValue),
            };
            if (prevalence is { } given)
            {
                (json["ppv_at_prevalence"], json["npv_at_prevalence"]) = point.PredictiveValues(given);
            }

            thresholds[JsonNamingPolicy.KebabCaseLower.ConvertName(rule.ToString())] = json;
        }

        return new JsonObject
        {
            ["thresholds"] = thresholds,
            ["calibration"] = new JsonObject { ["before"] = Described(Before), ["after"] = Described(After) },
            ["answers"] = Coverage is not { } coverage ? null : new JsonObject
            {
                ["confidence"] = 1 - Rules.Sets!.Alpha,
                ["positives_covered"] = Share(coverage.Positives),
                ["negatives_covered"] = Share(coverage.Negatives),
                ["uncertain"] = Share(coverage.Uncertain),
            },
            ["decision_curve"] = Curve is null ? null : new JsonArray([.. Curve.Select(p => new JsonObject
            {
                ["threshold"] = p.Threshold,
                ["net_benefit"] = p.NetBenefit,
                ["treat_all"] = p.TreatAll,
            })]),
        };
    }

    private static DecisionFigures Compute(FindingScores finding, FindingRules rules)
    {
        double[] calibrated = [.. finding.Logits.Select(l => rules.Scaling?.Apply(l) ?? l)];
        return new DecisionFigures(
            rules,
            new OrderedDictionary<ThresholdRule, OperatingPoint>(rules.Thresholds.Select(t => KeyValuePair.Create(
                t.Key, OperatingPoint.Compute(t.Value, finding.Labels, finding.Logits, finding.Patients)))),
            Calibration.Compute(finding.Labels, finding.Logits),
            rules.Scaling is null ? null : Calibration.Compute(finding.Labels, calibrated),
            DecisionCurve.Compute(finding.Labels, [.. calibrated.Select(Logistic.Sigmoid)]))
        {
            Coverage = rules.Sets?.Coverage(finding.Labels, finding.Logits, finding.Patients),
        };
    }

    private static JsonObject Share(Proportion proportion)
    {
        Interval? interval = proportion.Wilson();
        return new JsonObject
        {
            ["value"] = proportion.Value,
            ["lower"] = interval?.Lower,
            ["upper"] = interval?.Upper,
            ["cases"] = proportion.Successes,
            ["of"] = proportion.Trials,
        };
    }

    private static JsonObject? Described(Calibration? calibration) => calibration is not { } c ? null : new JsonObject
    {
        ["slope"] = c.Slope,
        ["intercept"] = c.Intercept,
        ["ece"] = c.Ece,
        ["brier"] = c.Brier,
        ["curve"] = new JsonArray([.. c.Curve.Where(b => b.Images > 0).Select(b => new JsonObject
        {
            ["mean_probability"] = b.MeanProbability,
            ["positives"] = Share(b.Positives),
        })]),
    };
}
