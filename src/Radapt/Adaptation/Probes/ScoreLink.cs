using Radapt.Metrics;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// Turns scores into logits, so that their sigmoids are probabilities: slope x score + offset, the logistic regression of labels on scores
/// (John Platt, 1999: Probabilistic Outputs for Support Vector Machines, with its targets that are never quite 0 or 1). The slope is
/// positive, so the order of images stays.
/// </summary>
/// <param name="Slope">Logits per unit of score, above 0.</param>
/// <param name="Offset">Logit of score 0.</param>
internal readonly record struct ScoreLink(double Slope, double Offset)
{
    // In logits per standard deviation of the scores: where scores do not rise with the label, all probabilities are close to the share
    // of positives, and the order is kept.
    private const double LeastSlope = 0.01;

    /// <summary>Scores are logits already.</summary>
    public static ScoreLink Identity { get; } = new(1, 0);

    /// <summary>Fits a link.</summary>
    /// <param name="scores">(k), of images that the scores were not learned from.</param>
    /// <param name="labels">(k): 1 or 0.</param>
    public static ScoreLink Fit(ReadOnlySpan<double> scores, ReadOnlySpan<double> labels)
    {
        (double mean, double deviation) = Moments(scores);
        int positives = labels.Count(1.0);
        int negatives = labels.Length - positives;
        double usual = Math.Log((positives + 1.0) / (negatives + 1.0)); // of the share of positives, one more of each class assumed
        if (deviation <= 1e-12 * Math.Max(1, Math.Abs(mean)))
        {
            return new ScoreLink(1, usual - mean);
        }

        double[] standardised = [.. scores.ToArray().Select(s => (s - mean) / deviation)];
        sbyte[] classes = [.. labels.ToArray().Select(l => (sbyte)l)];
        (double slope, double offset) = LogitScaling.Fit(LogitScalingKind.Platt, classes, standardised) is { Slope: >= LeastSlope } fit
            ? (fit.Slope, fit.Intercept) : (LeastSlope, usual);
        return new ScoreLink(slope / deviation, offset - (slope / deviation * mean));
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<double> values)
    {
        double mean = 0;
        foreach (double value in values)
        {
            mean += value / values.Length;
        }

        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, Math.Sqrt(squares / Math.Max(1, values.Length)));
    }
}
