using Radapt.Metrics;

namespace Radapt.Runs;

/// <summary>How the scores of one finding are read: fitted once, and the same for all images that come later.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Positives">Images that it was fitted on, labelled 1.</param>
/// <param name="Negatives">Images that it was fitted on, labelled 0.</param>
/// <param name="Scaling">Calibrates probabilities; null: could not be fitted.</param>
/// <param name="Thresholds">Logits from which an image is called positive.</param>
/// <param name="Sets">Which answers are plausible; null: too few images for the confidence that is asked for.</param>
internal sealed record FindingRules(
    string Finding, int Positives, int Negatives, LogitScaling? Scaling, IReadOnlyDictionary<ThresholdRule, double> Thresholds,
    ConformalSets? Sets)
{
    /// <summary>What the rules say of an image.</summary>
    /// <param name="logit">Its score.</param>
    /// <param name="rule">The threshold that decides.</param>
    public FindingDecision Decide(double logit, ThresholdRule rule) => new(
        Scaling is null ? null : Logistic.Sigmoid(Scaling.Apply(logit)),
        Thresholds.TryGetValue(rule, out double threshold) ? logit >= threshold : null, Sets?.Answer(logit));
}

/// <summary>What the rules of a finding say of an image.</summary>
/// <param name="Calibrated">Calibrated probability; null: not fitted.</param>
/// <param name="IsPositive">At or above the threshold; null: not fitted.</param>
/// <param name="Answer">The answer that is plausible, or that neither or both are; null: not fitted.</param>
internal sealed record FindingDecision(double? Calibrated, bool? IsPositive, ConformalAnswer? Answer);
