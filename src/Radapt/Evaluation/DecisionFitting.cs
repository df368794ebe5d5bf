using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>Fits calibration, thresholds and conformal limits of a run on images that did not train it.</summary>
internal static class DecisionFitting
{
    /// <summary>Patients with and, apart from these, without a finding that rules are fitted on; with fewer they are noise.</summary>
    public const int FewestPatients = LogitScaling.CasesPerNumber;

    private const double Alpha = 0.1; // answers hold for 9 of 10 images of each class
    private const double Target = 0.9; // sensitivity and specificity of the fixed thresholds

    /// <summary>Fits rules; findings with too few patients get none, and the rules say why.</summary>
    /// <param name="scores">The images.</param>
    /// <param name="what">What they are, such as <c>validation images</c>.</param>
    /// <param name="adapters">Hashes of the adapters; see <see cref="DecisionRules.AdapterHash"/>.</param>
    public static DecisionRules Fit(LabelledScores scores, string what, IReadOnlyList<string> adapters)
    {
        ArgumentNullException.ThrowIfNull(scores);
        PatientClusters patients = PatientClusters.Create(scores);
        var fitted = new List<FindingRules>();
        var refused = new OrderedDictionary<string, string>();
        for (int f = 0; f < scores.Findings.Count; f++)
        {
            var finding = FindingScores.Select(scores, f, patients);
            if (Refusal(finding, patients, what) is { } why)
            {
                refused[finding.Finding] = why;
            }
            else
            {
                fitted.Add(Fit(finding));
            }
        }

        return new DecisionRules
        {
            FittedOn = what,
            Images = scores.Images.Count,
            Patients = patients.AreKnown ? patients.Count : null,
            Sensitivity = Target,
            Specificity = Target,
            Adapters = adapters,
            Findings = fitted,
            NotFitted = refused,
        };
    }

    /// <summary>Lines on what was fitted, and on what was not and why.</summary>
    public static IEnumerable<string> Lines(DecisionRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Findings.Count > 0)
        {
            yield return $"Calibration and thresholds ({DecisionRules.FileName}): fitted on {rules.Source}"
                + (rules.NotFitted.Count == 0 ? "." : $", for {string.Join(", ", rules.Findings.Select(f => f.Finding))}.");
        }

        foreach (IGrouping<string, string> why in rules.NotFitted.GroupBy(n => n.Value, n => n.Key))
        {
            yield return $"No calibration and thresholds for {Listing.First(3, [.. why])}: {why.Key}";
        }
    }

    private static string? Refusal(FindingScores finding, PatientClusters patients, string what)
    {
        (int positives, int negatives) = (finding.CountPatients(1), finding.CountPatients(0));
        if (Math.Min(positives, negatives) < FewestPatients)
        {
            return $"the {what} must have {FewestPatients} {patients.Noun}s with the finding and {FewestPatients} without.";
        }

        return BinaryMetrics.Auroc(finding.Labels, finding.Logits) > 0.5 ? null
            : $"the scores do not rank positives above negatives in the {what}.";
    }

    private static FindingRules Fit(FindingScores finding)
    {
        LogitScalingKind? kind = LogitScaling.Choose(finding.CountPatients(1), finding.CountPatients(0));
        return new FindingRules(
            finding.Finding, finding.Count(1), finding.Count(0),
            kind is { } known ? LogitScaling.Fit(known, finding.Labels, finding.Logits) : null,
            new OrderedDictionary<ThresholdRule, double>(Enum.GetValues<ThresholdRule>().Select(rule => KeyValuePair.Create(
                rule, ThresholdChoice.Choose(rule, Target, finding.Labels, finding.Logits)!.Value))),
            ConformalSets.Fit(Alpha, finding.Labels, finding.Logits));
    }
}
