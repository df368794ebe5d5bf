using System.Text.Json;
using System.Text.Json.Nodes;
using Radapt.Metrics;

namespace Radapt.Runs;

/// <summary>Figures as <c>run.json</c> and <c>evaluate --json</c> have them: by finding, and under <c>mean</c> their plain mean.</summary>
public sealed record RunFigures
{
    /// <summary>The name under which the mean over findings is kept.</summary>
    public const string Mean = "mean";

    /// <summary>AUROC; null: undefined, since a class is missing.</summary>
    public IReadOnlyDictionary<string, double?> Auroc { get; init; } = new Dictionary<string, double?>();

    /// <summary>Average precision; null as for <see cref="Auroc"/>.</summary>
    public IReadOnlyDictionary<string, double?> AveragePrecision { get; init; } = new Dictionary<string, double?>();

    /// <summary>95 % intervals of <see cref="Auroc"/>; those that are refused are missing, and in <see cref="NoInterval"/>.</summary>
    public IReadOnlyDictionary<string, RunInterval>? AurocInterval { get; init; }

    /// <summary>95 % intervals of <see cref="AveragePrecision"/>.</summary>
    public IReadOnlyDictionary<string, RunInterval>? AveragePrecisionInterval { get; init; }

    /// <summary>Why a figure has no interval, by finding.</summary>
    public IReadOnlyDictionary<string, string>? NoInterval { get; init; }

    /// <summary>Patients; null where they are not known, and then intervals are over images.</summary>
    public int? Patients { get; init; }

    /// <summary>Patients whose interval of the AUROC would be ± 0.05, by finding; images where patients are not known.</summary>
    public IReadOnlyDictionary<string, int>? PatientsNeeded { get; init; }

    /// <summary>How far probabilities mean what they say, by finding.</summary>
    public IReadOnlyDictionary<string, RunCalibration>? Calibration { get; init; }

    /// <summary>Images labelled 1, by finding.</summary>
    public IReadOnlyDictionary<string, int> Positives { get; init; } = new Dictionary<string, int>();

    /// <summary>Images labelled 0, by finding.</summary>
    public IReadOnlyDictionary<string, int> Negatives { get; init; } = new Dictionary<string, int>();

    /// <summary>Findings that the means leave out, because a class is missing.</summary>
    public IReadOnlyList<string> Undefined { get; init; } = [];

    /// <summary>The same by study; null where studies are not known.</summary>
    public RunFigures? Study { get; init; }

    /// <summary>Number of studies, of figures by study.</summary>
    public int? Studies { get; init; }

    /// <summary>The figures of some images.</summary>
    /// <param name="metrics">By image.</param>
    public static RunFigures From(MultiLabelMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new RunFigures
        {
            Auroc = Values(metrics, metrics.MeanAuroc, f => f.Auroc),
            AveragePrecision = Values(metrics, metrics.MeanAveragePrecision, f => f.AveragePrecision),
            Positives = new OrderedDictionary<string, int>(metrics.Findings.Select(f => KeyValuePair.Create(f.Finding, f.Positives))),
            Negatives = new OrderedDictionary<string, int>(metrics.Findings.Select(f => KeyValuePair.Create(f.Finding, f.Negatives))),
            Undefined = metrics.Undefined,
        };
    }

    /// <summary>The figures as JSON.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RunFolder.Json)!.AsObject();

    private static OrderedDictionary<string, double?> Values(MultiLabelMetrics metrics, double? mean, Func<FindingMetrics, double?> value)
    {
        var values = new OrderedDictionary<string, double?> { [Mean] = mean };
        foreach (FindingMetrics finding in metrics.Findings)
        {
            values[finding.Finding] = value(finding);
        }

        return values;
    }
}
