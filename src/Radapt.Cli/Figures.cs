using System.Globalization;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary>Numbers and figures as people read them.</summary>
internal static class Figures
{
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Auroc(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";

    public static string Rate(double imagesPerSecond) =>
        imagesPerSecond.ToString(imagesPerSecond < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 100 => $"{Math.Max(1, time.TotalSeconds):0} s",
        < 6000 => $"{time.TotalMinutes:0} min",
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.0} days"),
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} bytes",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.00} GiB"),
    };

    /// <summary>Mean AUROC of a baseline with its interval: <c>AUROC 0.812 [0.764, 0.853]</c>; null: there is none.</summary>
    public static string? Baseline(RunFigures? figures)
    {
        if (figures?.Auroc.GetValueOrDefault(RunFigures.Mean) is not { } auroc)
        {
            return null;
        }

        RunInterval? interval = figures.AurocInterval?.GetValueOrDefault(RunFigures.Mean);
        string? refusal = figures.NoInterval?.GetValueOrDefault(RunFigures.Mean);
        return $"AUROC {Auroc(auroc)}" + (interval is not null ? $" [{Auroc(interval.Lower)}, {Auroc(interval.Upper)}]"
            : refusal is not null ? $" (no interval: {refusal})" : "");
    }

    /// <summary>The figures by study, where they are not those of the images because every study has one.</summary>
    public static void ShowStudies(Terminal terminal, RunStatistics? statistics)
    {
        if (statistics?.Studies is { } studies && !studies.Metrics.Findings.SequenceEqual(statistics.Metrics.Findings))
        {
            terminal.Line($"By study ({Count(studies.Images)} of them), the maximum over its images:", strong: true);
            Show(terminal, studies);
        }
    }

    /// <summary>AUROC and average precision per finding, their means, and which findings have none.</summary>
    public static void Show(Terminal terminal, MultiLabelMetrics metrics)
    {
        IEnumerable<string[]> rows =
            metrics.Findings.Select(
                f => new[] { f.Finding, Auroc(f.Auroc), Auroc(f.AveragePrecision), Count(f.Positives), Count(f.Negatives) });
        if (metrics.Findings.Count > 1)
        {
            rows = rows.Append(["mean", Auroc(metrics.MeanAuroc), Auroc(metrics.MeanAveragePrecision), "", ""]);
        }

        terminal.Rows(["", "AUROC", "AP", "positive", "negative"], rows, 1, 2, 3, 4);
        ShowUndefined(terminal, metrics);
    }

    /// <summary>The same with 95 % intervals, how they were computed, and why some figures have none.</summary>
    public static void Show(Terminal terminal, RunStatistics statistics)
    {
        IEnumerable<string[]> rows = statistics.Findings.Select(f => new[]
        {
            f.Finding, Auroc(f.Auroc.Value), Range(f.Auroc.Interval), Auroc(f.AveragePrecision.Value), Range(f.AveragePrecision.Interval),
            Count(f.Positives), Count(f.Negatives),
        });
        if (statistics.Findings.Count > 1)
        {
            rows = rows.Append(
            [
                "mean", Auroc(statistics.MeanAuroc.Value), Range(statistics.MeanAuroc.Interval),
                Auroc(statistics.MeanAveragePrecision.Value), Range(statistics.MeanAveragePrecision.Interval), "", "",
            ]);
        }

        terminal.Rows(["", "AUROC", "95 % interval", "AP", "95 % interval", "positive", "negative"], rows, 1, 3, 5, 6);
        ShowUndefined(terminal, statistics.Metrics);
        ShowIntervals(terminal, statistics);
    }

    /// <summary>The AUROCs of subgroups, with intervals.</summary>
    public static void Show(Terminal terminal, IReadOnlyList<Subgroup> subgroups, string? column)
    {
        if (subgroups.Count == 0)
        {
            return;
        }

        string noun = subgroups.Any(g => g.Statistics.KnowsPatients) ? "patients" : "images";
        terminal.Line($"By {column}:", strong: true);
        terminal.Rows(
            [column!, noun, "", "AUROC", "95 % interval", "positive", "negative"],
            from g in subgroups
            from f in g.Statistics.Findings.Index()
            select new[]
            {
                f.Index == 0 ? g.Name : "", f.Index == 0 ? Count(g.Statistics.Patients) : "", f.Item.Finding, Auroc(f.Item.Auroc.Value),
                Range(f.Item.Auroc.Interval), Count(f.Item.Positives), Count(f.Item.Negatives),
            },
            1, 3, 5, 6);
    }

    /// <summary>How intervals were computed, why some figures have none, and what narrower ones would take.</summary>
    public static void ShowIntervals(Terminal terminal, RunStatistics statistics)
    {
        foreach (string line in IntervalNotes.Lines(statistics))
        {
            terminal.Line(line);
        }
    }

    /// <summary>An interval in brackets; empty: there is none.</summary>
    public static string Range(Interval? interval) => interval is not { } known ? ""
        : string.Create(CultureInfo.InvariantCulture, $"[{known.Lower:0.000}, {known.Upper:0.000}]");

    private static void ShowUndefined(Terminal terminal, MultiLabelMetrics metrics)
    {
        if (metrics.Undefined.Count > 0)
        {
            terminal.Line(
                $"Undefined, because positives or negatives are missing, and not in the mean: {string.Join(", ", metrics.Undefined)}.");
        }
    }
}
