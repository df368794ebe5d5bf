using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>Labels, scores and patients of one finding, images with unknown labels left out.</summary>
/// <param name="Finding">Its name.</param>
/// <param name="Labels">(K): 1 or 0.</param>
/// <param name="Logits">(K): before the sigmoid.</param>
/// <param name="Patients">(K): the patient's number; see <see cref="PatientClusters"/>.</param>
/// <param name="Items">(K): the place of each image in the table.</param>
internal sealed record FindingScores(string Finding, sbyte[] Labels, double[] Logits, int[] Patients, int[] Items)
{
    /// <summary>Patients with a label.</summary>
    /// <param name="label">1 or 0.</param>
    public int CountPatients(sbyte label) => Labels.Zip(Patients).Where(p => p.First == label).Select(p => p.Second).Distinct().Count();

    /// <summary>Images with a label.</summary>
    /// <param name="label">1 or 0.</param>
    public int Count(sbyte label) => Labels.AsSpan().Count(label);

    /// <summary>The AUROC with its variance over patients; null where there are too few.</summary>
    public ClusteredAuroc? Area() => ClusteredAuroc.Compute(Labels, Logits, Patients);

    /// <summary>The scores in order, for resamples.</summary>
    public RankedScores Rank() => RankedScores.Create(Labels, Logits, Patients);

    /// <summary>One finding of a table.</summary>
    /// <param name="scores">The table.</param>
    /// <param name="finding">The number of the finding.</param>
    /// <param name="clusters">The patients of the table.</param>
    public static FindingScores Select(LabelledScores scores, int finding, PatientClusters clusters)
    {
        ArgumentNullException.ThrowIfNull(scores);
        int findings = scores.Findings.Count;
        int[] items = [.. Enumerable.Range(0, scores.Images.Count).Where(i => scores.Labels[(i * findings) + finding] >= 0)];
        return new FindingScores(
            scores.Findings[finding], [.. items.Select(i => scores.Labels[(i * findings) + finding])],
            [.. items.Select(i => (double)scores.Logits[(i * findings) + finding])], [.. items.Select(i => clusters.OfImages[i])], items);
    }
}
