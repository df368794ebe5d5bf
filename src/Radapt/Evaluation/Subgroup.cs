using System.Globalization;
using Radapt.Runs;

namespace Radapt.Evaluation;

/// <summary>The statistics of a part of the images.</summary>
/// <param name="Name">Such as <c>F</c>, or <c>44 to 61</c>.</param>
/// <param name="Statistics">Of its images.</param>
internal sealed record Subgroup(string Name, RunStatistics Statistics)
{
    private const string NotStated = "(not stated)";
    private const int MostGroups = 20;
    private const int MostNumbers = 8; // numbers with more different values are divided into thirds
    private const int Parts = 3;

    /// <summary>Statistics by group. Numbers with many different values, such as ages, are divided into thirds.</summary>
    /// <param name="scores">The images.</param>
    /// <param name="values">(N) the group of each; null: not stated.</param>
    /// <param name="column">The name of the values, for messages.</param>
    /// <param name="options">How intervals are computed; null: as by default.</param>
    /// <exception cref="RadaptException">There are too many groups.</exception>
    public static IReadOnlyList<Subgroup> Compute(
        LabelledScores scores, IReadOnlyList<string?> values, string column, StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(values);
        string[] names = Names(values);
        string[] groups = [.. names.Where(n => n != NotStated).Distinct()];
        if (groups.Length > MostGroups)
        {
            throw new RadaptException(
                $"--subgroup {column}: has {groups.Length} different values, and at most {MostGroups} groups are shown. "
                    + "Give a column of categories or numbers.");
        }

        return [.. Ordered(names, values).Select(name => new Subgroup(name, RunStatistics.Compute(
            Part(scores, [.. Enumerable.Range(0, names.Length).Where(i => names[i] == name)]), options)))];
    }

    private static IEnumerable<string> Ordered(string[] names, IReadOnlyList<string?> values) => names.Index()
        .GroupBy(n => n.Item, n => values[n.Index]).OrderBy(g => g.Key == NotStated)
        .ThenBy(g => g.Min(v => Number(v) ?? double.MaxValue)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key);

    private static string[] Names(IReadOnlyList<string?> values)
    {
        double?[] numbers = [.. values.Select(Number)];
        bool areNumbers = values.Zip(numbers).All(v => v.First is null || v.Second is not null);
        double[] sorted = [.. numbers.OfType<double>().Order()];
        if (!areNumbers || sorted.Distinct().Count() <= MostNumbers)
        {
            return [.. values.Select(v => v ?? NotStated)];
        }

        // The same value is never in two parts.
        double[] starts = [.. Enumerable.Range(1, Parts - 1).Select(p => sorted[p * sorted.Length / Parts]).Distinct()];
        string[] names = [.. Enumerable.Range(0, starts.Length + 1).Select(part =>
        {
            double[] members = [.. sorted.Where(v => PartOf(v) == part)];
            return members.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{members[0]} to {members[^1]}");
        })];
        return [.. numbers.Select(n => n is { } known ? names[PartOf(known)] : NotStated)];

        int PartOf(double value) => starts.Count(s => value >= s);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number : null;

    private static LabelledScores Part(LabelledScores scores, int[] images)
    {
        int findings = scores.Findings.Count;
        int[] cells = [.. images.SelectMany(i => Enumerable.Range(i * findings, findings))];
        return new LabelledScores(scores.Findings, [.. images.Select(i => scores.Images[i])], [.. cells.Select(c => scores.Labels[c])],
            [.. cells.Select(c => scores.Logits[c])])
        {
            Patients = scores.Patients is { } patients ? [.. images.Select(i => patients[i])] : null,
        };
    }
}
