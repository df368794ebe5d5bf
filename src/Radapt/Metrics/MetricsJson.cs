using System.Text.Json.Nodes;

namespace Radapt.Metrics;

/// <summary>Figures as JSON, the form that <c>run.json</c> and <c>--json</c> share.</summary>
public static class MetricsJson
{
    /// <summary>The same, with those by study under <c>study</c>, beside their number in <c>study.studies</c>, where studies are known.</summary>
    public static JsonObject Of(MultiLabelMetrics metrics, StudyMetrics? studies)
    {
        JsonObject json = Of(metrics);
        if (studies is not null)
        {
            JsonObject own = Of(studies.Metrics);
            own["studies"] = studies.Studies;
            json["study"] = own;
        }

        return json;
    }

    /// <summary><c>auroc.mean</c>, <c>auroc.FINDING</c>, <c>average_precision.…</c>, and <c>undefined</c>: the findings with one class only.</summary>
    public static JsonObject Of(MultiLabelMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new JsonObject
        {
            ["auroc"] = Values(metrics.MeanAuroc, f => f.Auroc),
            ["average_precision"] = Values(metrics.MeanAveragePrecision, f => f.AveragePrecision),
            ["positives"] = new JsonObject(metrics.Findings.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Finding, f.Positives))),
            ["negatives"] = new JsonObject(metrics.Findings.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Finding, f.Negatives))),
            ["undefined"] = new JsonArray([.. metrics.Undefined.Select(u => JsonValue.Create(u))]),
        };

        JsonObject Values(double? mean, Func<FindingMetrics, double?> value)
        {
            var values = new JsonObject { ["mean"] = mean };
            foreach (FindingMetrics finding in metrics.Findings)
            {
                values[finding.Finding] = value(finding);
            }

            return values;
        }
    }
}
