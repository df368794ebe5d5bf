namespace Radapt.Metrics;

/// <summary>
/// Figures by study (examination): the score of a study is the maximum over its images (views), as CheXpert's competition scores it.
/// </summary>
/// <param name="Studies">Number of studies.</param>
/// <param name="Metrics">AUROC and average precision per finding over the studies.</param>
public sealed record StudyMetrics(int Studies, MultiLabelMetrics Metrics)
{
    /// <summary>
    /// Computes the figures. A study has a finding if any of its images is labelled so, has it not if some are labelled absent and none
    /// present, and
    /// is unknown where all are.
    /// </summary>
    /// <param name="findings">(F) names.</param>
    /// <param name="studies">(N) the study of each image; null: the image is a study of its own.</param>
    /// <param name="labels">(N, F) row-major: 1, 0 or -1 for unknown.</param>
    /// <param name="scores">(N, F) row-major: probabilities or logits.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or a label is none of the three.</exception>
    /// <exception cref="RadaptException">A score of a known label is not finite; the message names finding and row.</exception>
    public static StudyMetrics Compute(IReadOnlyList<string> findings, IReadOnlyList<string?> studies, ReadOnlySpan<sbyte> labels,
        ReadOnlySpan<float> scores)
    {
        ArgumentNullException.ThrowIfNull(findings);
        ArgumentNullException.ThrowIfNull(studies);
        if (labels.Length != scores.Length || labels.Length != studies.Count * findings.Count)
        {
            throw new ArgumentException(
                $"{labels.Length} labels and {scores.Length} scores are not those of {studies.Count} images and {findings.Count} findings.",
                    nameof(scores));
        }

        (int[] first, sbyte[] studyLabels, float[] studyScores) = Combine(findings.Count, studies, labels, scores);
        return new StudyMetrics(first.Length, MultiLabelMetrics.Compute(findings, studyLabels, studyScores));
    }

    /// <summary>Labels and scores by study, as <see cref="Compute"/> has them.</summary>
    /// <returns>The place of each study's first image, and (S, F) row-major labels and scores.</returns>
    internal static (int[] First, sbyte[] Labels, float[] Scores) Combine(
        int findings, IReadOnlyList<string?> studies, ReadOnlySpan<sbyte> labels, ReadOnlySpan<float> scores)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        var first = new List<int>();
        var studyLabels = new List<sbyte>();
        var studyScores = new List<float>();
        for (int i = 0; i < studies.Count; i++)
        {
            ReadOnlySpan<sbyte> itsLabels = labels.Slice(i * findings, findings);
            ReadOnlySpan<float> itsScores = scores.Slice(i * findings, findings);
            if (studies[i] is not { } study || rows.TryAdd(study, first.Count))
            {
                studyLabels.AddRange(itsLabels);
                studyScores.AddRange(itsScores);
                first.Add(i);
                continue;
            }

            int start = rows[study] * findings;
            for (int f = 0; f < findings; f++)
            {
                studyLabels[start + f] = Math.Max(studyLabels[start + f], itsLabels[f]); // 1 beats 0 beats unknown
                studyScores[start + f] = Math.Max(studyScores[start + f], itsScores[f]); // NaN stays NaN, and is refused below
            }
        }

        return ([.. first], [.. studyLabels], [.. studyScores]);
    }
}
