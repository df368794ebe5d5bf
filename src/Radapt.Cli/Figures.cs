using System.Globalization;
using Radapt.Metrics;

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

    /// <summary>The figures by study, where they are not those of the images because every study has one.</summary>
    public static void ShowStudies(Terminal terminal, StudyMetrics? studies, MultiLabelMetrics images)
    {
        if (studies is not null && !studies.Metrics.Findings.SequenceEqual(images.Findings))
        {
            terminal.Line($"By study ({Count(studies.Studies)} of them), the maximum over its images:", strong: true);
            Show(terminal, studies.Metrics);
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
        if (metrics.Undefined.Count > 0)
        {
            terminal.Line(
                $"Undefined, because positives or negatives are missing, and not in the mean: {string.Join(", ", metrics.Undefined)}.");
        }
    }
}
