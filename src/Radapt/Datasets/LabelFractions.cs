using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Radapt.Compute;

namespace Radapt.Datasets;

/// <summary>
/// Draws a fraction of the training images. All images of a patient go together; every finding keeps its prevalence as closely as
/// whole patients allow, and keeps at least one positive and one negative; and for one seed a smaller fraction lies within every
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
        Group[] groups = [.. train.Items
            .Select((item, index) => (item, index))
            .GroupBy(p => p.item.Patient is { } patient ? "patient:" + patient : "image:" + p.item.Name, StringComparer.Ordinal)
            .Select(g => new Group(g.Key, [.. g.Select(p => p.index)], train))
            .OrderBy(g => new KeyedRandom(seed, RandomPurpose.Selection, Key(g.Name)).NextUInt64())
            .ThenBy(g => g.Name, StringComparer.Ordinal)];
        IReadOnlyList<Group> taken = fraction.Each is { } each
            ? FirstOfEachFinding(groups, train.Findings.Count, each)
            : UpTo(fraction.Images ?? (fraction.Share!.Value * train.Items.Count), groups, train.Findings.Count);
        List<int> chosen = [.. taken.SelectMany(g => g.Items)];
        chosen.Sort();
        LabelledImages drawn = train with { Items = [.. chosen.Select(i => train.Items[i])] };
        string people = train.Items.Any(i => i.Patient is not null) ? $" of {taken.Count} patients" : "";
        string amount = fraction.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.###} %") : fraction.ToString();
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"Label fraction {amount}: {chosen.Count} of {train.Items.Count} training images{people} are used."));
        return drawn;
    }

    // The beginning of the order that has this many images.
    private static List<Group> UpTo(double images, Group[] groups, int findings)
    {
        var taken = new List<Group>();
        int count = 0;
        foreach ((Group group, bool required) in Order(groups, findings))
        {
            // Half a group beyond the target is as close as stopping before it.
            if (!required && count + (group.Items.Length / 2.0) > images)
            {
                break;
            }

            taken.Add(group);
            count += group.Items.Length;
        }

        return taken;
    }

    // The first positives and the first negatives of every finding. Whether a group is among them does not depend on the other findings, so that
    // a smaller number lies within a larger one.
    private static List<Group> FirstOfEachFinding(Group[] groups, int findings, int each)
    {
        var taken = new List<Group>();
        var counts = new int[3 * findings];
        foreach ((Group group, _) in Order(groups, findings))
        {
            bool isAmongThem = false;
            for (int l = 0; l < counts.Length; l++)
            {
                isAmongThem |= l % 3 < 2 && group.Counts[l] > 0 && counts[l] < each;
                counts[l] += group.Counts[l];
            }

            if (isAmongThem)
            {
                taken.Add(group);
            }
        }

        return taken;
    }

    private static IEnumerable<(Group Group, bool Required)> Order(Group[] groups, int findings)
    {
        int labels = 3 * findings; // positives of finding f at 3f, negatives at 3f + 1, unknown at 3f + 2
        var totals = new double[labels];
        foreach (Group group in groups)
        {
            for (int l = 0; l < labels; l++)
            {
                totals[l] += group.Counts[l];
            }
        }

        Candidates[] candidates = [.. Enumerable.Range(0, labels).Select(l => new Candidates([.. groups.Where(g => g.Counts[l] > 0)])), new(groups)];
        var balance = new Balance(totals, groups.Sum(g => g.Items.Length), groups.Length);
        foreach (int l in Enumerable.Range(0, labels).Where(l => totals[l] > 0 && l % 3 < 2).OrderBy(l => totals[l]))
        {
            if (!balance.Has(l))
            {
                Group group = candidates[l].Next().MinBy(balance.After)!;
                balance.Add(group);
                yield return (group, true);
            }
        }

        for (int taken = groups.Count(g => g.Taken); taken < groups.Length; taken++)
        {
            Group? best = null;
            double least = double.PositiveInfinity;
            foreach (Candidates of in candidates)
            {
                foreach (Group group in of.Next())
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

    private static long Key(string name) => unchecked((long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)));

    /// <summary>The images of a patient, or an image whose patient is unknown.</summary>
    private sealed class Group
    {
        public Group(string name, int[] items, LabelledImages images)
        {
            Name = name;
            Items = items;
            Counts = new int[3 * images.Findings.Count];
            foreach (int item in items)
            {
                for (int f = 0; f < images.Findings.Count; f++)
                {
                    Counts[(3 * f) + images.Items[item].Labels[f] switch { 1 => 0, 0 => 1, _ => 2 }]++;
                }
            }
        }

        public string Name { get; }

        public int[] Items { get; }

        public int[] Counts { get; }

        public bool Taken { get; set; }
    }

    /// <summary>Groups in random order, of which the first few that are not taken are looked at.</summary>
    private sealed class Candidates(Group[] order)
    {
        private const int Few = 8; // keeps findings within about two images of their share; more gain little and take proportionally longer

        private readonly List<Group> _next = [];
        private int _position;

        public List<Group> Next()
        {
            _next.RemoveAll(g => g.Taken);
            while (_next.Count < Few && _position < order.Length)
            {
                Group group = order[_position++];
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

        public void Add(Group group)
        {
            group.Taken = true;
            _images += group.Items.Length;
            _groups++;
            for (int c = 0; c < _counts.Length; c++)
            {
                _counts[c] += group.Counts[c];
            }
        }

        /// <summary>Sum of squared deviations over the totals, as in a chi-squared statistic. The number of patients counts too, or patients with many images would come last.</summary>
        public double After(Group group)
        {
            double share = (_images + group.Items.Length) / images;
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
