using System.Text.Json.Serialization;

namespace Radapt.Metrics;

/// <summary>How logits are made into calibrated ones.</summary>
internal enum LogitScalingKind
{
    /// <summary>One number: logit / temperature.</summary>
    Temperature,

    /// <summary>Two numbers: intercept + slope x logit.</summary>
    Platt,
}

/// <summary>
/// A map of logits to calibrated logits, intercept + slope x logit, with a positive slope, so that ranks and AUROC stay.
/// </summary>
/// <param name="Kind">How it was fitted.</param>
/// <param name="Intercept">0 for a temperature.</param>
/// <param name="Slope">Above 0; 1 / temperature.</param>
internal sealed record LogitScaling(LogitScalingKind Kind, double Intercept, double Slope)
{
    /// <summary>
    /// Cases of the rarer class for every number that is fitted (Peduzzi et al., Journal of Clinical Epidemiology 49, 1996).
    /// </summary>
    public const int CasesPerNumber = 10;

    /// <summary>The temperature; null for the other kind.</summary>
    [JsonIgnore]
    public double? Temperature => Kind == LogitScalingKind.Temperature ? 1 / Slope : null;

    /// <summary>The calibrated logit.</summary>
    public double Apply(double logit) => Intercept + (Slope * logit);

    /// <summary>
    /// The kind that so many cases can carry: Platt's two numbers from 20 cases of the rarer class, a temperature from 10, below nothing.
    /// </summary>
    /// <param name="positives">Positives; patients where they are known.</param>
    /// <param name="negatives">Negatives.</param>
    public static LogitScalingKind? Choose(int positives, int negatives) => Math.Min(positives, negatives) switch
    {
        >= 2 * CasesPerNumber => LogitScalingKind.Platt,
        >= CasesPerNumber => LogitScalingKind.Temperature,
        _ => null,
    };

    /// <summary>Fits a map by maximum likelihood.</summary>
    /// <param name="kind">
    /// A temperature (Guo et al., On calibration of modern neural networks, 2017), or Platt's two numbers, whose targets are
    /// (P + 1) / (P + 2) for positives and 1 / (N + 2) for negatives, so that perfectly separated scores do not become certain (Platt,
    /// Probabilistic outputs for support vector machines, 1999; Lin, Lin and Weng 2007).
    /// </param>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="logits">(N), finite.</param>
    /// <returns>Null where there is no such map with a positive slope: the scores do not rank these images, or separate them.</returns>
    public static LogitScaling? Fit(LogitScalingKind kind, ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> logits)
    {
        int positives = labels.Count((sbyte)1);
        int negatives = labels.Count((sbyte)0);
        (double high, double low) = kind == LogitScalingKind.Platt ? ((positives + 1.0) / (positives + 2), 1.0 / (negatives + 2)) : (1, 0);
        var targets = new List<double>();
        var scores = new List<double>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                targets.Add(labels[i] == 1 ? high : low);
                scores.Add(logits[i]);
            }
        }

        return positives > 0 && negatives > 0
            && Logistic.Fit(targets.ToArray(), scores.ToArray(), fitsIntercept: kind == LogitScalingKind.Platt) is { Slope: > 0 } fit
            ? new LogitScaling(kind, fit.Intercept, fit.Slope) : null;
    }
}
