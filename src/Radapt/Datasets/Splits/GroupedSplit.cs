using System.Globalization;

namespace Radapt.Datasets.Splits;

/// <summary>
/// Shares rows out among parts: train, validation and test, or folds. All rows of a group (a patient) go to one part, and every part gets
/// its share of the rows, of the groups and of every finding's positives, negatives and unknown labels, as closely as whole groups allow.
/// The draw depends on the seed and the groups' names, not on the order of the rows.
/// </summary>
/// <remarks>
/// Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011) of groups: those with the rarest label are placed first, each where the
/// sum
/// over parts of the chi-squared distances between counts and shares grows least. Then single groups move for as long as that lowers the
/// sum. Large
/// groups are not placed before small ones, as is often done: they would always end in the largest part.
/// </remarks>
internal static class GroupedSplit
{
    private const int MostPasses = 20; // two to five are enough on every set that was tried

    /// <summary>The part of every row, from 0.</summary>
    /// <param name="labels">A row each: 1, 0 or -1 (unknown) per finding; findings may be none.</param>
    /// <param name="groups">The group of every row; null: the row is a group of its own.</param>
    /// <param name="shares">The share of every part, each above 0; they are scaled to a sum of 1.</param>
    /// <param name="seed">The same seed gives the same parts.</param>
    /// <exception cref="RadaptException">There are too few groups for a part to get any.</exception>
    public static int[] Draw(IReadOnlyList<IReadOnlyList<sbyte>> labels, IReadOnlyList<string?> groups,
        IReadOnlyList<double> shares, long seed)
    {
        if (groups.Count != labels.Count)
        {
            throw new ArgumentException($"{labels.Count} rows have {groups.Count} groups.", nameof(groups));
        }

        LabelGroup[] all =
            LabelGroup.Group(labels,
                groups.Select((g, i) => g is null ? string.Create(CultureInfo.InvariantCulture, $"row:{i}") : "group:" + g), seed);
        if (all.Length < shares.Count)
        {
            throw TooFew(labels.Count, all.Length, shares);
        }

        double[] totals = Totals(all);
        Part[] parts = [.. shares.Select(s => new Part(s / shares.Sum(), totals))];
        Dictionary<LabelGroup, int> placed = Place(all, totals, parts);
        Refine(all, placed, parts);
        var result = new int[labels.Count];
        foreach ((LabelGroup group, int part) in placed)
        {
            foreach (int row in group.Rows)
            {
                result[row] = part;
            }
        }

        return result.Distinct().Count() == shares.Count ? result : throw TooFew(labels.Count, all.Length, shares);
    }

    /// <summary>The fold of every row, from 0; see <see cref="Draw"/>.</summary>
    public static int[] Folds(IReadOnlyList<IReadOnlyList<sbyte>> labels, IReadOnlyList<string?> groups, int folds, long seed) =>
        Draw(labels, groups, [.. Enumerable.Repeat(1.0, folds)], seed);

    private static Dictionary<LabelGroup, int> Place(LabelGroup[] groups, double[] totals, Part[] parts)
    {
        var placed = new Dictionary<LabelGroup, int>(groups.Length);
        int labels = totals.Length - Part.Sizes;
        foreach (int l in Enumerable.Range(0, labels).Where(l => LabelGroup.IsKnown(l) && totals[l] > 0).OrderBy(l => totals[l]))
        {
            PlaceAll(groups.Where(g => !g.Taken && g.Counts[l] > 0));
        }

        PlaceAll(groups.Where(g => !g.Taken));
        return placed;

        void PlaceAll(IEnumerable<LabelGroup> some)
        {
            foreach (LabelGroup group in some.ToArray())
            {
                int part = Enumerable.Range(0, parts.Length).MinBy(p => parts[p].CostOf(group, 1));
                parts[part].Add(group, 1);
                placed.Add(group, part);
                group.Taken = true;
            }
        }
    }

    private static void Refine(LabelGroup[] groups, Dictionary<LabelGroup, int> placed, Part[] parts)
    {
        bool moved = true;
        for (int pass = 0; moved && parts.Length > 1 && pass < MostPasses; pass++)
        {
            moved = false;
            foreach (LabelGroup group in groups)
            {
                int from = placed[group];
                int to = Enumerable.Range(0, parts.Length).Where(p => p != from).MinBy(p => parts[p].CostOf(group, 1));
                if (parts[from].CostOf(group, -1) + parts[to].CostOf(group, 1) < -1e-9)
                {
                    parts[from].Add(group, -1);
                    parts[to].Add(group, 1);
                    placed[group] = to;
                    moved = true;
                }
            }
        }
    }

    private static double[] Totals(LabelGroup[] groups)
    {
        var totals = new double[groups[0].Counts.Length + Part.Sizes];
        foreach (LabelGroup group in groups)
        {
            for (int l = 0; l < group.Counts.Length; l++)
            {
                totals[l] += group.Counts[l];
            }

            totals[^2] += group.Rows.Length;
            totals[^1]++;
        }

        return totals;
    }

    private static RadaptException TooFew(int rows, int groups, IReadOnlyList<double> shares) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{rows} images of {groups} patients (or images without one) are too few for {shares.Count} parts, the smallest of which should "
            + $"have {shares.Min() / shares.Sum():P0}: ask for fewer or larger parts."));

    /// <summary>One part: its counts, and how far they are from its share.</summary>
    private sealed class Part(double share, double[] totals)
    {
        /// <summary>Counts behind those of labels: rows and groups.</summary>
        public const int Sizes = 2;

        private readonly double[] _counts = new double[totals.Length];

        public void Add(LabelGroup group, int sign)
        {
            for (int l = 0; l < _counts.Length; l++)
            {
                _counts[l] += sign * Count(group, l);
            }
        }

        /// <summary>By how much the chi-squared distance grows when a group comes (+1) or goes (-1).</summary>
        public double CostOf(LabelGroup group, int sign)
        {
            double cost = 0;
            for (int l = 0; l < _counts.Length; l++)
            {
                double change = sign * Count(group, l);
                cost += change * ((2 * (_counts[l] - (share * totals[l]))) + change) / (share * (totals[l] + 1));
            }

            return cost;
        }

        private static int Count(LabelGroup group, int l) =>
            l < group.Counts.Length ? group.Counts[l] : l == group.Counts.Length ? group.Rows.Length : 1;
    }
}
