using System.Globalization;

namespace Radapt.Evaluation;

/// <summary>What is said below figures about their intervals.</summary>
internal static class IntervalNotes
{
    private const int Named = 3;

    /// <summary>The lines: how intervals were computed, which figures have none and why, and how many patients narrower ones would
    /// take.</summary>
    public static IEnumerable<string> Lines(RunStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        string? area = statistics.Findings.Select(f => f.Auroc.Method).FirstOrDefault(m => m is not null);
        string? others = statistics.Findings.Select(f => f.AveragePrecision).Append(statistics.MeanAuroc).Select(e => e.Method)
            .FirstOrDefault(m => m is not null);
        string[] methods =
        [
            .. new[] { area is null ? null : $"AUROC {area}", others is null ? null : $"mean and AP {others}" }.OfType<string>(),
        ];
        if (methods.Length > 0)
        {
            yield return $"Intervals over {Plural.Count(statistics.Patients, statistics.Noun)}: {string.Join("; ", methods)}.";
        }

        foreach (IGrouping<string, string> refused in statistics.Findings.Where(f => f.Auroc is { Value: not null, Refusal: not null })
            .GroupBy(f => f.Auroc.Refusal!, f => f.Finding))
        {
            yield return $"No interval for {Listing.First(Named, [.. refused])}. {refused.Key}";
        }

        (string Finding, int Needed)[] needed = [.. statistics.Findings.Where(f => f.PatientsNeeded > statistics.Patients)
            .Select(f => (f.Finding, f.PatientsNeeded!.Value)).OrderByDescending(f => f.Value)];
        if (needed.Length > 0)
        {
            string findings = Listing.First(Named, [.. needed.Select(f => f.Finding + " about " + Rounded(f.Needed))]);
            yield return $"{char.ToUpperInvariant(statistics.Noun[0])}{statistics.Noun[1..]}s that an interval of \u00B1 0.05 would take: {findings}.";
        }
    }

    // To two digits: it is an estimate.
    private static string Rounded(int number)
    {
        int unit = 1;
        while (number / unit >= 100)
        {
            unit *= 10;
        }

        return ((number + unit - 1) / unit * unit).ToString("N0", CultureInfo.InvariantCulture);
    }
}
