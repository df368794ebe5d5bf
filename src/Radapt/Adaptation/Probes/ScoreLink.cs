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
    private const int Steps = 100;

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

        double[] z = new double[scores.Length];
        double[] target = new double[scores.Length];
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = (scores[i] - mean) / deviation;
            target[i] = labels[i] == 1 ? (positives + 1.0) / (positives + 2.0) : 1 / (negatives + 2.0);
        }

        (double a, double b) = Newton(z, target, usual);
        (a, b) = a >= LeastSlope ? (a, b) : (LeastSlope, usual);
        return new ScoreLink(a / deviation, b - (a / deviation * mean));
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

    // Minimises the log loss of a z + b. It is convex, so that halving a Newton step that overshoots always ends.
    private static (double A, double B) Newton(double[] z, double[] target, double start)
    {
        (double a, double b) = (0, start);
        double loss = Loss(a, b);
        for (int step = 0; step < Steps; step++)
        {
            (double ga, double gb, double haa, double hab, double hbb) = (0, 0, 1e-12, 0, 1e-12);
            for (int i = 0; i < z.Length; i++)
            {
                double p = 1 / (1 + Math.Exp(-((a * z[i]) + b)));
                (double r, double v) = (p - target[i], p * (1 - p));
                (ga, gb) = (ga + (r * z[i]), gb + r);
                (haa, hab, hbb) = (haa + (v * z[i] * z[i]), hab + (v * z[i]), hbb + v);
            }

            double determinant = (haa * hbb) - (hab * hab);
            (double da, double db) = (((hbb * ga) - (hab * gb)) / determinant, ((haa * gb) - (hab * ga)) / determinant);
            double size = 1;
            while (size > 1e-10 && Loss(a - (size * da), b - (size * db)) > loss)
            {
                size /= 2;
            }

            (a, b) = (a - (size * da), b - (size * db));
            double next = Loss(a, b);
            bool isDone = loss - next <= 1e-14 * loss;
            loss = next;
            if (isDone)
            {
                break;
            }
        }

        return (a, b);

        double Loss(double slope, double offset)
        {
            double sum = 0;
            for (int i = 0; i < z.Length; i++)
            {
                double s = (slope * z[i]) + offset;
                sum += Math.Max(s, 0) + Math.Log(1 + Math.Exp(-Math.Abs(s))) - (target[i] * s);
            }

            return sum;
        }
    }
}
