using Radapt.Inference;
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
    /// <summary>
    /// (N) whose image each is, keyed where the run hides names; null for an image of which it is not known. Null: of none, as in tables of
    /// earlier versions.
    /// </summary>
    public IReadOnlyList<string?>? Patients { get; init; }

    /// <summary>(N) the examination of each image; null for an image of which it is not known. Null: of none.</summary>
    internal IReadOnlyList<string?>? Studies { get; init; }

    /// <summary>What a row is, where no patients are known.</summary>
    internal string RowNoun { get; private init; } = "image";

    /// <summary>A row for each examination, by the rules of <see cref="StudyMetrics"/>; null: no examination is known.</summary>
    internal LabelledScores? ByStudy()
    {
        if (Studies?.Any(s => s is not null) != true)
        {
            return null;
        }

        (int[] first, sbyte[] labels, float[] logits) = StudyMetrics.Combine(Findings.Count, Studies, Labels.ToArray(), Logits.ToArray());
        return new LabelledScores(Findings, [.. first.Select(i => Studies[i] ?? Images[i])], labels, logits)
        {
            Patients = Patients is { } patients ? [.. first.Select(i => patients[i])] : null,
            RowNoun = "examination",
        };
    }

    /// <summary>Images as they were scored.</summary>
    /// <param name="scored">The images.</param>
    /// <param name="name">What images and patients are called.</param>
    internal static LabelledScores From(ScoredImages scored, Func<string, string> name)
    {
        ArgumentNullException.ThrowIfNull(scored);
        ArgumentNullException.ThrowIfNull(name);
        return new LabelledScores(
            scored.Images.Findings, [.. scored.Images.Items.Select(i => name(i.Name))], scored.Images.FlatLabels(), scored.Logits)
        {
            Patients = [.. scored.Images.Items.Select(i => i.Patient is { } patient ? name(patient) : null)],
            Studies = [.. scored.Images.Items.Select(i => i.Study)],
        };
    }

    /// <summary>AUROC and average precision per finding.</summary>
    public MultiLabelMetrics ComputeMetrics() => MultiLabelMetrics.Compute(Findings, Labels.ToArray(), Logits.ToArray());
}
