using Radapt.Metrics;

namespace Radapt.Runs;

/// <summary>Images with labels and scores, as a run's <c>predictions.csv</c> has them.</summary>
/// <param name="Findings">(F) names.</param>
/// <param name="Images">(N) names, which are keyed where the run hides them.</param>
/// <param name="Labels">(N, F) row-major: 1, 0 or -1 for unknown.</param>
/// <param name="Logits">(N, F) row-major: scores before the sigmoid.</param>
public sealed record LabelledScores(
    IReadOnlyList<string> Findings, IReadOnlyList<string> Images, IReadOnlyList<sbyte> Labels, IReadOnlyList<float> Logits)
{
    /// <summary>AUROC and average precision per finding.</summary>
    public MultiLabelMetrics ComputeMetrics() => MultiLabelMetrics.Compute(Findings, Labels.ToArray(), Logits.ToArray());
}
