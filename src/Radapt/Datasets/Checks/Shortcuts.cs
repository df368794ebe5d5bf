using System.Globalization;
using Radapt.Datasets.Splits;
using Radapt.Metrics;

namespace Radapt.Datasets.Checks;

/// <summary>What is known of an image without looking at its picture.</summary>
/// <param name="View">View position; null: not stated.</param>
/// <param name="Equipment">What made it; null: not stated.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Encoding">Format, colour, bits.</param>
internal sealed record ImageSource(string? View, string? Equipment, int Width, int Height, string Encoding);

/// <summary>
/// How well labels are told without the picture: for every finding the AUROC of naive Bayes on view, equipment, image size and file format,
/// each alone
/// and all together. Where that is well above one half, a network can score well and have learned nothing of medicine.
/// </summary>
/// <remarks>
/// Rates are learned on one half of the patients and used on the other, and the other way round; the AUROC is the mean of the two. Its
/// standard error
/// is taken as the mean of theirs, as if their errors were the same, and the quantile as Student's with the patients of the rarer class:
/// with five folds
/// pooled, DeLong's interval lay above one half for random labels three to six times as often as it promises. The intervals hold for all
/// comparisons
/// of a table together (Bonferroni), and count patients, not images.
/// </remarks>
internal static class Shortcuts
{
    private const int Halves = 2;
    private const int FewestOfAClass = 10;
    private const int Bins = 10;
    private const double Level = 0.05;
    private const string Together = "all of these";

    /// <summary>The AUROCs of every finding that has ten positives and ten negatives at least; where nothing varies, none.</summary>
    /// <param name="findings">Names.</param>
    /// <param name="labels">A row an image.</param>
    /// <param name="groups">The patient of every image; null: it is independent.</param>
    /// <param name="sources">What is known of every image.</param>
    /// <param name="seed">Of the halves.</param>
    public static IReadOnlyList<Shortcut> Find(
        IReadOnlyList<string> findings, IReadOnlyList<sbyte[]> labels, IReadOnlyList<string?> groups,
            IReadOnlyList<ImageSource> sources, long seed)
    {
        int[] clusters = Number(groups.Select((g, i) => g is null ? $"row:{i}" : "group:" + g));
        (string Name, int[][] Codes)[] sets = Sets(sources);
        int[] tested =
            [.. Enumerable.Range(0, findings.Count)
                .Where(f => labels.Count(l => l[f] == 1) >= FewestOfAClass && labels.Count(l => l[f] == 0) >= FewestOfAClass)];
        if (sets.Length == 0 || tested.Length == 0 || clusters.Max() + 1 < 2 * FewestOfAClass)
        {
            return [];
        }

        int[] halves = GroupedSplit.Folds(labels, groups, Halves, seed);
        double quantile = NormalDistribution.Quantile(1 - (Level / 2 / (tested.Length * sets.Length)));
        return [.. tested.Select(
            f => new Shortcut(findings[f],
                [.. sets.Select(s => Measure(f, s, labels, halves, clusters, quantile)).OfType<ShortcutAuroc>()]))
                    .Where(s => s.From.Count > 0)];
    }

    /// <summary>What is to be said of them.</summary>
    public static IEnumerable<DataProblem> Problems(IReadOnlyList<Shortcut> shortcuts) =>
        from shortcut in shortcuts
        where shortcut.Worst is not null
        let worst = shortcut.Worst
        select new DataProblem(null, DataProblemKind.Shortcut, worst.Auroc > 0.7 ? ProblemSeverity.Warning
            : ProblemSeverity.Note, string.Create(
            CultureInfo.InvariantCulture,
            $"{shortcut.Finding} can be predicted from {worst.From} alone, without the picture: AUROC {worst.Auroc:0.00} ({worst.Low:0.00} "
                + $"to {worst.High:0.00})"));

    /// <summary>Findings that seem told so, from too few images to say.</summary>
    public static IEnumerable<string> Doubts(IReadOnlyList<Shortcut> shortcuts) =>
        from shortcut in shortcuts
        where shortcut.Worst is null && shortcut.From.Any(f => f.Auroc > 0.7)
        let most = shortcut.From.MaxBy(f => f.Auroc)
        select string.Create(CultureInfo.InvariantCulture,
            $"{shortcut.Finding}: AUROC {most.Auroc:0.00} from {most.From} alone, but from too few images to distinguish it from chance.");

    private static ShortcutAuroc? Measure(
        int finding, (string Name, int[][] Codes) set, IReadOnlyList<sbyte[]> labels, int[] halves, int[] clusters, double quantile)
    {
        (double auroc, double error, int patients) = (0, 0, int.MaxValue);
        for (int half = 0; half < Halves; half++)
        {
            int[] known = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i][finding] >= 0)];
            int[] learned = [.. known.Where(i => halves[i] != half)];
            int[] measured = [.. known.Where(i => halves[i] == half)];
            var scores = new double[measured.Length];
            foreach (int[] codes in set.Codes)
            {
                double[] ratios = LogRatios(codes, learned, i => labels[i][finding]);
                for (int i = 0; i < measured.Length; i++)
                {
                    scores[i] += ratios[codes[measured[i]]];
                }
            }

            if (ClusteredAuroc.Compute([.. measured.Select(i => labels[i][finding])], scores,
                [.. measured.Select(i => clusters[i])]) is not { } area)
            {
                return null;
            }

            auroc += area.Auroc / Halves;
            error += area.StandardError / Halves;
            patients = Math.Min(patients, Enumerable.Range(0, 2)
                .Min(label => measured.Where(i => labels[i][finding] == label).Select(i => clusters[i]).Distinct().Count()));
        }

        double width = StudentDistribution.Quantile(quantile, patients - 1) * error;
        return new ShortcutAuroc(set.Name, auroc, Math.Max(0, auroc - width), Math.Min(1, auroc + width));
    }

    // log p(value | positive) - log p(value | negative), both drawn towards the value's frequency by one image.
    private static double[] LogRatios(int[] codes, int[] images, Func<int, int> label)
    {
        var counts = new double[1 + codes.Max(), 2];
        var totals = new double[2];
        foreach (int i in images)
        {
            counts[codes[i], label(i)]++;
            totals[label(i)]++;
        }

        var ratios = new double[counts.GetLength(0)];
        for (int v = 0; v < ratios.Length; v++)
        {
            double frequency = (counts[v, 0] + counts[v, 1]) / images.Length;
            ratios[v] = frequency == 0 ? 0
                : Math.Log((counts[v, 1] + frequency) / (totals[1] + 1)) - Math.Log((counts[v, 0] + frequency) / (totals[0] + 1));
        }

        return ratios;
    }

    // Only what varies. Sizes are told by themselves, by the shorter side and by the shape, in tenths of the images.
    private static (string Name, int[][] Codes)[] Sets(IReadOnlyList<ImageSource> sources)
    {
        (string Name, int[][] Codes)[] all =
        [
            ("view", [Number(sources.Select(s => s.View?.ToUpperInvariant() ?? ""))]),
            ("equipment", [Number(sources.Select(s => s.Equipment?.ToUpperInvariant() ?? ""))]),
            ("image size",
            [
                Number(sources.Select(s => $"{s.Width} x {s.Height}")),
                Binned([.. sources.Select(s => (double)Math.Min(s.Width, s.Height))]),
                Binned([.. sources.Select(s => s.Width / (double)s.Height)]),
            ]),
            ("file format", [Number(sources.Select(s => s.Encoding))]),
        ];
        all = [.. all.Select(s => (s.Name, s.Codes.Where(c => c.Any(v => v != c[0])).ToArray())).Where(s => s.Item2.Length > 0)];
        return all.Length > 1 ? [(Together, [.. all.SelectMany(s => s.Codes)]), .. all] : all;
    }

    private static int[] Number(IEnumerable<string> values)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. values.Select(v => numbers.TryGetValue(v, out int n) ? n : numbers[v] = numbers.Count)];
    }

    private static int[] Binned(double[] values)
    {
        double[] sorted = [.. values.Order()];
        double[] edges = [.. Enumerable.Range(1, Bins - 1).Select(b => sorted[b * sorted.Length / Bins]).Distinct()];
        return [.. values.Select(v => edges.Count(e => v >= e))];
    }
}
