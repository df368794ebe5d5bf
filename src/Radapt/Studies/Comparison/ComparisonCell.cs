using System.Text.Json.Nodes;

namespace Radapt.Studies.Comparison;

/// <summary>A cell of the table: the test AUROC of the seeds of one method and fraction.</summary>
/// <param name="Values">The mean AUROC over findings by seed; those without a defined AUROC are not in it.</param>
internal sealed record ComparisonCell(IReadOnlyDictionary<long, double> Values)
{
    /// <summary>Mean over seeds; null: there is none.</summary>
    public double? Mean => Values.Count == 0 ? null : Values.Values.Average();

    /// <summary>Standard deviation over seeds, with n - 1; null for fewer than two.</summary>
    public double? Deviation => Spread([.. Values.Values]);

    /// <summary>The cell for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["auroc"] = Mean,
        ["sd"] = Deviation,
        ["seeds"] = new JsonArray([.. Values.Values.Select(v => JsonValue.Create(v))]),
    };

    /// <summary>Standard deviation with n - 1; null for fewer than two numbers.</summary>
    public static double? Spread(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
