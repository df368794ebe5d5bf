namespace Radapt.Metrics;

/// <summary>The figures of every finding, and their plain means.</summary>
/// <param name="Findings">In the order given.</param>
/// <param name="MeanAuroc">Plain mean over the findings that have both classes; null when none has.</param>
/// <param name="MeanAveragePrecision">Plain mean over the same findings.</param>
/// <param name="Undefined">Names of the findings that the means leave out, because a class is missing: to be said wherever a mean is
/// shown.</param>
public sealed record MultiLabelMetrics(
    IReadOnlyList<FindingMetrics> Findings, double? MeanAuroc, double? MeanAveragePrecision, IReadOnlyList<string> Undefined)
{
    /// <summary>Computes the figures of all findings.</summary>
    /// <param name="findings">(F) names.</param>
    /// <param name="labels">(N, F) row-major: 1, 0 or -1 for unknown.</param>
    /// <param name="scores">(N, F) row-major: probabilities or logits.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or a label is none of the three.</exception>
    /// <exception cref="RadaptException">A score of a known label is not finite; the message names finding and row.</exception>
    public static MultiLabelMetrics Compute(IReadOnlyList<string> findings, ReadOnlySpan<sbyte> labels, ReadOnlySpan<float> scores)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentOutOfRangeException.ThrowIfZero(findings.Count, nameof(findings));
        if (labels.Length != scores.Length || labels.Length % findings.Count != 0)
        {
            throw new ArgumentException(
                $"{labels.Length} labels and {scores.Length} scores are not two tables of {findings.Count} findings.", nameof(scores));
        }

        int rows = labels.Length / findings.Count;
        sbyte[] columnLabels = new sbyte[rows];
        double[] columnScores = new double[rows];
        var figures = new FindingMetrics[findings.Count];
        for (int f = 0; f < findings.Count; f++)
        {
            for (int i = 0; i < rows; i++)
            {
                columnLabels[i] = labels[(i * findings.Count) + f];
                columnScores[i] = scores[(i * findings.Count) + f];
            }

            figures[f] = ComputeOne(findings[f], columnLabels, columnScores);
        }

        FindingMetrics[] defined = [.. figures.Where(f => f.Auroc is not null)];
        return new MultiLabelMetrics(
            figures,
            defined.Length == 0 ? null : defined.Average(f => f.Auroc),
            defined.Length == 0 ? null : defined.Average(f => f.AveragePrecision),
            [.. figures.Where(f => f.Auroc is null).Select(f => f.Finding)]);
    }

    private static FindingMetrics ComputeOne(string finding, sbyte[] labels, double[] scores)
    {
        ThresholdCounts thresholds;
        try
        {
            thresholds = ThresholdCounts.Count(labels, scores);
        }
        catch (RadaptException error)
        {
            throw new RadaptException($"{finding}: {error.Message}", error);
        }

        return new FindingMetrics(
            finding, (int)thresholds.Positives, (int)thresholds.Negatives,
            BinaryMetrics.Auroc(thresholds), BinaryMetrics.AveragePrecision(thresholds));
    }
}
