using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>
/// Which images belong together because they are of one patient. Patients are numbered by the labels and scores of their images, not by
/// name or order, so that a table gives the same resamples whether it is keyed or not and however it is sorted.
/// </summary>
/// <param name="OfImages">(N) the number of each image's patient, from 0.</param>
/// <param name="Count">The number of patients.</param>
/// <param name="AreKnown">At least one image's patient is known; an image whose patient is not counts as one of its own.</param>
internal sealed record PatientClusters(int[] OfImages, int Count, bool AreKnown)
{
    /// <summary>The noun for what is counted.</summary>
    public string Noun => AreKnown ? "patient" : RowNoun;

    /// <summary>What a row of the table is.</summary>
    public string RowNoun { get; init; } = "image";

    /// <summary>The patients of a table.</summary>
    public static PatientClusters Create(LabelledScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        int[][] patients = [.. Enumerable.Range(0, scores.Images.Count)
            .GroupBy(i => scores.Patients?[i] is { } patient ? (-1, patient) : (i, "")).Select(g => g.ToArray())];
        Comparison<int> byContent = (a, b) => CompareRows(scores, a, b);
        foreach (int[] images in patients)
        {
            Array.Sort(images, byContent);
        }

        Array.Sort(patients, (a, b) => ComparePatients(a, b, byContent));
        var numbers = new int[scores.Images.Count];
        foreach ((int number, int[] images) in patients.Index())
        {
            foreach (int image in images)
            {
                numbers[image] = number;
            }
        }

        return new PatientClusters(numbers, patients.Length, scores.Patients?.Any(p => p is not null) == true)
        {
            RowNoun = scores.RowNoun,
        };
    }

    private static int ComparePatients(int[] a, int[] b, Comparison<int> byContent)
    {
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (byContent(a[i], b[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return a.Length - b.Length;
    }

    private static int CompareRows(LabelledScores scores, int a, int b)
    {
        int findings = scores.Findings.Count;
        for (int f = 0; f < findings; f++)
        {
            (int left, int right) = ((a * findings) + f, (b * findings) + f);
            int order = scores.Logits[left].CompareTo(scores.Logits[right]);
            order = order != 0 ? order : scores.Labels[left] - scores.Labels[right];
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }
}
