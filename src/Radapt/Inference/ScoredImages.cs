using Radapt.Datasets;
using Radapt.Metrics;

namespace Radapt.Inference;

/// <summary>Labelled images with their probabilities, and the figures computed from them.</summary>
/// <param name="Images">The images, N.</param>
/// <param name="Logits">(N, F) row-major, before the sigmoid.</param>
/// <param name="Metrics">AUROC and average precision per finding, of the logits' ranks.</param>
public sealed record ScoredImages(LabelledImages Images, IReadOnlyList<float> Logits, MultiLabelMetrics Metrics)
{
    /// <summary>(N, F) row-major: the sigmoids of the logits, rounded to float32.</summary>
    public IReadOnlyList<float> Probabilities { get; } = [.. Logits.Select(l => (float)Scoring.Probability(l))];

    /// <summary>How many images were left out, since they cannot be read.</summary>
    public int Unreadable { get; init; }
}
