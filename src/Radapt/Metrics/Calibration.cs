namespace Radapt.Metrics;

/// <summary>Whether probabilities mean what they say: of images with probability .3, 30 % should be positive.</summary>
/// <param name="Images">Images whose label is known.</param>
/// <param name="Positives">Those labelled 1.</param>
/// <param name="Slope">Of logistic recalibration, log odds = intercept + slope x logit (Cox, Two further applications of a model for
/// binary regression, Biometrika 45, 1958): 1 is ideal, below 1 the probabilities are too extreme. Null where scores separate the classes
/// or a class is missing.</param>
/// <param name="Intercept">Of the same regression; 0 is ideal.</param>
/// <param name="InterceptAtSlopeOne">Calibration in the large: the intercept where the slope is held at 1; above 0 the probabilities are
/// too low on average.</param>
/// <param name="Ece">Expected calibration error; see <see cref="ExpectedError"/>.</param>
/// <param name="Brier">Mean squared difference of probability and label (Brier, Verification of forecasts expressed in terms of
/// probability, Monthly Weather Review 78, 1950): 0 is ideal.</param>
/// <param name="Curve">The reliability curve.</param>
internal sealed record Calibration(
    int Images, int Positives, double? Slope, double? Intercept, double? InterceptAtSlopeOne, double Ece, double Brier,
    IReadOnlyList<ReliabilityBin> Curve)
{
    /// <summary>The bins of <see cref="Ece"/> and <see cref="Curve"/>, as in Guo et al., On calibration of modern neural networks,
    /// 2017.</summary>
    public const int Bins = 15;

    /// <summary>Computes the figures of one finding.</summary>
    /// <param name="labels">(N): 1, 0 or -1 for unknown, which is left out.</param>
    /// <param name="logits">(N): log odds, whose sigmoids are the probabilities.</param>
    /// <returns>Null where no label is known.</returns>
    public static Calibration? Compute(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> logits)
    {
        var targets = new List<double>();
        var scores = new List<double>();
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= 0)
            {
                targets.Add(labels[i]);
                scores.Add(logits[i]);
            }
        }

        if (targets.Count == 0)
        {
            return null;
        }

        double[] y = [.. targets];
        double[] x = [.. scores];
        sbyte[] known = [.. y.Select(t => (sbyte)t)];
        double[] probabilities = [.. x.Select(Logistic.Sigmoid)];
        (double Intercept, double Slope)? both = Logistic.Fit(y, x);
        IReadOnlyList<ReliabilityBin> curve = Reliability(known, probabilities);
        return new Calibration(y.Length, known.Count(l => l == 1), both?.Slope, both?.Intercept,
            Logistic.Fit(y, x, fitsSlope: false)?.Intercept, ExpectedError(curve), BrierScore(known, probabilities), curve);
    }

    /// <summary>Brier's score; see <see cref="Brier"/>.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="probabilities">(N), in [0, 1].</param>
    public static double BrierScore(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> probabilities)
    {
        double sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double difference = probabilities[i] - labels[i];
            sum += difference * difference;
        }

        return sum / labels.Length;
    }

    /// <summary>Expected calibration error: the mean over images of |share of positives - mean probability| of their bin.</summary>
    public static double ExpectedError(IReadOnlyList<ReliabilityBin> curve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        double images = curve.Sum(b => b.Images);
        return curve.Where(b => b.Images > 0).Sum(b => b.Images / images * Math.Abs(b.Positives.Value!.Value - b.MeanProbability!.Value));
    }

    /// <summary>The reliability curve over bins of equal width, each closed above; 0 is in the first.</summary>
    /// <param name="labels">(N): 1 or 0.</param>
    /// <param name="probabilities">(N), in [0, 1].</param>
    /// <param name="bins">Their number.</param>
    public static IReadOnlyList<ReliabilityBin> Reliability(ReadOnlySpan<sbyte> labels, ReadOnlySpan<double> probabilities, int bins = Bins)
    {
        var images = new int[bins];
        var positives = new int[bins];
        var sums = new double[bins];
        for (int i = 0; i < labels.Length; i++)
        {
            int bin = Math.Clamp((int)Math.Ceiling(probabilities[i] * bins) - 1, 0, bins - 1);
            bin -= bin > 0 && probabilities[i] <= Edge(bin) ? 1 : 0; // where the product was rounded across an edge
            bin += bin < bins - 1 && probabilities[i] > Edge(bin + 1) ? 1 : 0;
            images[bin]++;
            positives[bin] += labels[i];
            sums[bin] += probabilities[i];
        }

        return [.. Enumerable.Range(0, bins).Select(b => new ReliabilityBin(Edge(b), Edge(b + 1), images[b],
            images[b] == 0 ? null : sums[b] / images[b], new Proportion(positives[b], images[b])))];

        double Edge(int bin) => bin / (double)bins;
    }
}
