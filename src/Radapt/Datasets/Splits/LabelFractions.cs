using System.Globalization;

namespace Radapt.Datasets.Splits;

/// <summary>
/// Draws a fraction of the training images. All images of a patient go together; every finding keeps its prevalence as closely as
/// whole patients allow, and keeps at least one positive and one negative; and for one seed a smaller fraction is within every
/// larger one. The draw depends on the patients' names, not on the order of the table.
/// </summary>
/// <remarks>
/// Patients are put in one order, and a fraction is its beginning. The order starts with a patient for every finding and class, rarest
/// first. Each further place goes to that of a few random candidates (of any kind, and of every finding and label) after which the counts
/// are closest to their share of the whole; a variant of iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011) whose
/// beginnings are all balanced. A number for every finding takes from that order the first positives and negatives of each.
/// </remarks>
internal static class LabelFractions
{
    /// <summary>The images of the fraction, in the order of <paramref name="train"/>; all where it asks for more than there are.</summary>
    public static LabelledImages Draw(LabelledImages train, LabelFraction fraction, long seed, ICollection<string> notes)
    {
        LabelGroup[] groups = Groups(train, seed);
        List<LabelGroup> taken = fraction.Each is { } each
            ? [.. InOrder(groups, train.Findings.Count).Where(g => g.Each <= each).Select(g => g.Group)]
            : UpTo(fraction.Images ?? (fraction.Share!.Value * train.Items.Count), groups, train.Findings.Count);
        List<int> chosen = [.. taken.SelectMany(g => g.Rows)];
        chosen.Sort();
        LabelledImages drawn = train with { Items = [.. chosen.Select(i => train.Items[i])] };
        string people = train.Items.Any(i => i.Patient is not null) ? $" of {Plural.Count(taken.Count, "patient")}" : "";
        string amount = fraction.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.###} %")
            : fraction.ToString();
        notes.Add(
            string.Create(CultureInfo.InvariantCulture,
                $"Label fraction {amount}: {chosen.Count} of {train.Items.Count} training images{people} are used."));
        return drawn;
    }

    /// <summary>
    /// All groups in the order of the draw, each with the smallest number for which it is among the first so many positives and negatives
    /// of every finding; <see cref="int.MaxValue"/> for those without a known label. Whether a group is among the first does not depend on
    /// the
    /// other findings, so that a smaller number is within a larger one.
    /// </summary>
    public static IReadOnlyList<(LabelGroup Group, int Each)> InOrder(LabelledImages images, long seed) =>
        InOrder(Groups(images, seed), images.Findings.Count);

    private static LabelGroup[] Groups(LabelledImages images, long seed) => LabelGroup.Group(
        [.. images.Items.Select(i => i.Labels)],
            images.Items.Select(i => i.Patient is { } patient ? "patient:" + patient : "image:" + i.Name), seed);

    private static List<(LabelGroup Group, int Each)> InOrder(LabelGroup[] groups, int findings)
    {
        var all = new List<(LabelGroup, int)>(groups.Length);
        var counts = new int[3 * findings];
        foreach ((LabelGroup group, _) in Order(groups, findings))
        {
            int each = int.MaxValue;
            for (int l = 0; l < counts.Length; l++)
            {
                each = LabelGroup.IsKnown(l) && group.Counts[l] > 0 ? Math.Min(each, counts[l] + 1) : each;
                counts[l] += group.Counts[l];
            }

            all.Add((group, each));
        }

        return all;
    }

    // The beginning of the order that has this many images.
    private static List<LabelGroup> UpTo(double images, LabelGroup[] groups, int findings)
    {
        var taken = new List<LabelGroup>();
        int count = 0;
        foreach ((LabelGroup group, bool required) in Order(groups, findings))
        {
            // Half a group beyond the target is as close as stopping before it.
            if (!required && count + (group.Rows.Length / 2.0) > images)
            {
                break;
            }

            taken.Add(group);
            count += group.Rows.Length;
        }

        return taken;
    }

    private static IEnumerable<(LabelGroup Group, bool Required)> Order(LabelGroup[] groups, int findings)
    {
        int labels = 3 * findings;
        var totals = new double[labels];
        foreach (LabelGroup group in groups)
        {
            for (int l = 0; l < labels; l++)
            {
                totals[l] += group.Counts[l];
            }
        }

        Candidates[] candidates = [.. Enumerable.Range(0, labels)
            .Select(l => new Candidates([.. groups.Where(g => g.Counts[l] > 0)])), new(groups)];
        var balance = new Balance(totals, groups.Sum(g => g.Rows.Length), groups.Length);
        foreach (int l in Enumerable.Range(0, labels).Where(l => totals[l] > 0 && LabelGroup.IsKnown(l)).OrderBy(l => totals[l]))
        {
            if (!balance.Has(l))
            {
                LabelGroup group = candidates[l].Next().MinBy(balance.After)!;
                balance.Add(group);
                yield return (group, true);
            }
        }

        for (int taken = groups.Count(g => g.Taken); taken < groups.Length; taken++)
        {
            LabelGroup? best = null;
            double least = double.PositiveInfinity;
            foreach (Candidates of in candidates)
            {
                foreach (LabelGroup group in of.Next())
                {
                    double cost = balance.After(group);
                    if (cost < least)
                    {
                        (best, least) = (group, cost);
                    }
                }
            }

            balance.Add(best!);
            yield return (best!, false);
        }
    }

    /// <summary>Groups in random order, of which the first few that are not taken are looked at.</summary>
    private sealed class Candidates(LabelGroup[] order)
    {
        private const int Few = 8; // keeps findings within about two images of their share; more gain little and take proportionally longer

        private readonly List<LabelGroup> _next = [];
        private int _position;

        public List<LabelGroup> Next()
        {
            _next.RemoveAll(g => g.Taken);
            while (_next.Count < Few && _position < order.Length)
            {
                LabelGroup group = order[_position++];
                if (!group.Taken)
                {
                    _next.Add(group);
                }
            }

            return _next;
        }
    }

    /// <summary>How far the counts taken so far are from their share of the totals.</summary>
    private sealed class Balance(double[] totals, int images, int groups)
    {
        private readonly double[] _counts = new double[totals.Length];
        private double _images;
        private double _groups;

        public bool Has(int c) => _counts[c] > 0;

        public void Add(LabelGroup group)
        {
            group.Taken = true;
            _images += group.Rows.Length;
            _groups++;
            for (int c = 0; c < _counts.Length; c++)
            {
                _counts[c] += group.Counts[c];
            }
        }

        /// <summary>
        /// Sum of squared deviations over the totals, as in a chi-squared statistic. The number of patients counts too, or patients with
        /// many images would come last.
        /// </summary>
        public double After(LabelGroup group)
        {
            double share = (_images + group.Rows.Length) / images;
            double cost = Term(_groups + 1, groups, share);
            for (int c = 0; c < _counts.Length; c++)
            {
                cost += Term(_counts[c] + group.Counts[c], totals[c], share);
            }

            return cost;
        }

        private static double Term(double count, double total, double share)
        {
            double deviation = count - (total * share);
            return deviation * deviation / (total + 1);
        }
    }
}
