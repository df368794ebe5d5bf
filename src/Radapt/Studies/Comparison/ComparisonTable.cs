using System.Text.Json.Nodes;
using Radapt.Metrics;

namespace Radapt.Studies.Comparison;

/// <summary>The table of a comparison in the form of the paper's: methods as rows, label fractions as columns.</summary>
/// <param name="Methods">The rows.</param>
/// <param name="Fractions">The columns.</param>
/// <param name="Cells">What is known, by row and column; no entry: the column leaves the method out.</param>
internal sealed record ComparisonTable(IReadOnlyList<ComparedMethod> Methods, IReadOnlyList<ComparedFraction> Fractions,
    IReadOnlyDictionary<(string Method, string Fraction), ComparisonCell> Cells)
{
    /// <summary>A cell; null: the column leaves the method out.</summary>
    public ComparisonCell? Cell(ComparedMethod method, ComparedFraction fraction) => Cells.GetValueOrDefault((method.Key, fraction.Name));

    /// <summary>The method with the highest mean of a column; null: there is none.</summary>
    public ComparedMethod? Best(ComparedFraction fraction) =>
        Methods.Where(m => Cell(m, fraction)?.Mean is not null).MaxBy(m => Cell(m, fraction)!.Mean);

    /// <summary>Reads the runs of a plan, all of which are complete.</summary>
    /// <exception cref="RadaptException">The predictions of a run cannot be read.</exception>
    public static ComparisonTable Read(ComparisonPlan plan)
    {
        var cells = new Dictionary<(string, string), ComparisonCell>();
        foreach (IGrouping<(string, string), ComparedRun> cell in plan.Runs.GroupBy(r => (r.Method.Key, r.Fraction.Name)))
        {
            var values = new SortedDictionary<long, double>();
            foreach (ComparedRun run in cell)
            {
                MultiLabelMetrics metrics = run.ReadScores().ComputeMetrics();
                if (metrics.MeanAuroc is { } auroc)
                {
                    values[run.Seed] = auroc;
                }
            }

            cells[cell.Key] = new ComparisonCell(values);
        }

        return new ComparisonTable(plan.Methods, plan.Fractions, cells);
    }

    /// <summary>The table for programs: by method and fraction the mean, the standard deviation and the seeds.</summary>
    public JsonObject ToJson() => new(Methods.Select(method => KeyValuePair.Create<string, JsonNode?>(method.Key, new JsonObject(
        Fractions.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Labels.ToString(), Cell(method, f)?.ToJson()))))));
}
