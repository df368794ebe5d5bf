using System.Globalization;

namespace Radapt.Datasets.Checks;

/// <summary>
/// Images that show the same picture: files of the same content, and files whose hashes differ in at most 20 of 256 bits while their 16 x
/// 16 averages
/// correlate by at least 0.98. Across splits it is an error, since what was learned from would be measured; but a warning where the
/// pictures are of different patients and correlate by less than 0.995, as small or synthetic ones may.
/// </summary>
/// <remarks>
/// Radiographs look alike, so the hash alone is not enough: of 18 million pairs of real ones, a handful of different patients' differ in 17
/// to 20 bits. Their
/// averages correlate by 0.73 to 0.967; those of the known near-duplicates and of copies in other size and compression by at least 0.987.
/// </remarks>
internal static class DuplicateProblems
{
    /// <summary>Bits of the hash.</summary>
    internal const int MostBits = 20;

    private const double LeastCorrelation = 0.98;
    private const double Certain = 0.995; // also where the two are of different patients: phantoms of 64 px reach 0.990
    private const int MostCompared = 16; // of images with equal hashes: a bound for sets with thousands of them

    /// <summary>A problem for every image that repeats an earlier one, and one more where their labels contradict each other.</summary>
    /// <param name="findings">Names of the findings.</param>
    /// <param name="images">A row of every image; what other rows of the same file say is told elsewhere.</param>
    /// <param name="facts">Of every image.</param>
    /// <param name="cancellation">Stops.</param>
    public static IEnumerable<DataProblem> Find(
        IReadOnlyList<string> findings, CheckedRow[] images, ImageFacts[] facts, CancellationToken cancellation)
    {
        foreach (int[] cluster in Clusters(facts, cancellation))
        {
            foreach (int image in cluster.Skip(1))
            {
                CheckedRow row = images[image];
                int[] earlier = [.. cluster.TakeWhile(i => i != image)];
                int other = earlier.FirstOrDefault(i => images[i].Part != row.Part, -1);
                bool isAcross = other >= 0;
                other = isAcross ? other : earlier.FirstOrDefault(i => facts[i].Content == facts[image].Content, earlier[0]);
                yield return Duplicate(row, images[other], facts[image], facts[other], isAcross);

                int contradicting = earlier.FirstOrDefault(i => RowProblems.Differs(images[i], row), -1);
                if (contradicting >= 0)
                {
                    bool isSame = facts[contradicting].Content == facts[image].Content;
                    yield return new DataProblem(
                        row.Row.Name, DataProblemKind.ContradictoryLabels, isSame ? ProblemSeverity.Error : ProblemSeverity.Warning,
                        $"{(isSame ? "files with the same content" : "nearly the same pictures")} have different labels: "
                            + $"{RowProblems.Differing(findings, images[contradicting], row)}",
                        images[contradicting].Row.Name);
                }
            }
        }
    }

    private static DataProblem Duplicate(CheckedRow row, CheckedRow other, ImageFacts a, ImageFacts b, bool isAcross)
    {
        string where = isAcross ? $", and is in {RowProblems.SplitName(row)}, the other in {RowProblems.SplitName(other)}" : "";
        ProblemSeverity severity = isAcross ? ProblemSeverity.Error : ProblemSeverity.Warning;
        double correlation = PictureCells.Correlation(a.Thumb, b.Thumb);
        bool isOfOther = correlation < Certain && row.Row.Patient is { } patient && other.Row.Patient is { } another && patient != another;
        return a.Content == b.Content
            ? new DataProblem(row.Row.Name, DataProblemKind.Duplicate, severity, $"the file has the same content as another{where}",
                other.Row.Name)
            : new DataProblem(row.Row.Name, DataProblemKind.NearDuplicate, isOfOther ? ProblemSeverity.Warning : severity, string.Create(
                CultureInfo.InvariantCulture,
                $"shows the same picture as another ({PictureHash.Distance(a.Picture, b.Picture)} of {PictureHash.Bits} bits differ, "
                    + $"correlation {correlation:0.000}){where}"
                    + $"{(isOfOther ? "; the two are of different patients" : "")}"),
                other.Row.Name);
    }

    private static IEnumerable<int[]> Clusters(ImageFacts[] facts, CancellationToken cancellation)
    {
        int[] parent = [.. Enumerable.Range(0, facts.Length)];
        int[] readable = [.. Enumerable.Range(0, facts.Length).Where(i => facts[i].Error is null)];
        foreach (IGrouping<UInt128, int> same in readable.GroupBy(i => facts[i].Content))
        {
            foreach (int image in same)
            {
                Join(image, same.First());
            }
        }

        // Of equal hashes one goes on to the search, or a thousand alike would make half a million pairs.
        var distinct = new List<int>();
        foreach (IGrouping<PictureHash, int> equal in readable.Where(i => !facts[i].IsBlank).GroupBy(i => facts[i].Picture))
        {
            var seen = new List<int>();
            foreach (int image in equal)
            {
                int like = seen.FirstOrDefault(i => AreAlike(i, image), -1);
                if (like >= 0)
                {
                    Join(image, like);
                }
                else if (seen.Count < MostCompared)
                {
                    seen.Add(image);
                }
            }

            distinct.AddRange(seen);
        }

        foreach ((int first, int second, _) in NearDuplicates.Find([.. distinct.Select(i => facts[i].Picture)], MostBits, cancellation))
        {
            if (AreAlike(distinct[first], distinct[second]))
            {
                Join(distinct[second], distinct[first]);
            }
        }

        return readable.GroupBy(Root).Select(g => g.ToArray()).Where(g => g.Length > 1);

        bool AreAlike(int a, int b) => PictureCells.Correlation(facts[a].Thumb, facts[b].Thumb) >= LeastCorrelation;

        void Join(int a, int b)
        {
            (int ra, int rb) = (Root(a), Root(b));
            parent[Math.Max(ra, rb)] = Math.Min(ra, rb);
        }

        int Root(int i)
        {
            while (parent[i] != i)
            {
                i = parent[i] = parent[parent[i]];
            }

            return i;
        }
    }
}
