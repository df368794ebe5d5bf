using Radapt.Datasets.Splits;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// The folds by which a probe chooses its setting: whole patients, and each finding about as common in every fold. The draw depends on the
/// patients' names and labels and on nothing else, so that a probe is the same every time.
/// </summary>
internal static class PatientFolds
{
    /// <summary>Number of folds; fewer where there are fewer patients.</summary>
    public const int Count = 5;

    private const long Seed = 0;

    /// <summary>Draws folds.</summary>
    /// <param name="data">The images.</param>
    /// <returns>(n) the fold of each image, from 0</returns>
    public static int[] Assign(ProbeData data)
    {
        int folds = Math.Min(Count, data.Patients.Distinct(StringComparer.Ordinal).Count());
        int findings = data.Findings;
        return folds < 2 ? new int[data.Images]
            : GroupedSplit.Folds([.. Enumerable.Range(0, data.Images)
                .Select(i => new ArraySegment<sbyte>(data.Labels, i * findings, findings))], data.Patients, folds, Seed);
    }

    /// <summary>The two sides of every fold that leaves at least two images to learn from.</summary>
    /// <param name="folds">(k) the fold of each image.</param>
    /// <returns>Positions of the images that are left out, and of those to learn from.</returns>
    public static IEnumerable<(long[] Left, long[] Others)> Sides(int[] folds) =>
        folds.Distinct().Select(fold => (Positions(folds, f => f == fold), Positions(folds, f => f != fold)))
            .Where(s => s.Item2.Length >= 2);

    private static long[] Positions(int[] folds, Func<int, bool> isIn) =>
        [.. Enumerable.Range(0, folds.Length).Where(i => isIn(folds[i])).Select(i => (long)i)];
}
