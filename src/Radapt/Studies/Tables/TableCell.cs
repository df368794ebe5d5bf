using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Studies.Tables;

/// <summary>A cell of a table: the runs that differ in nothing but the seed.</summary>
/// <param name="Runs">The runs, and how far each is.</param>
/// <param name="Values">Test AUROC, mean over findings, by seed; of complete runs where it is defined.</param>
internal sealed record TableCell(IReadOnlyList<(StudyCell Cell, CellState State)> Runs, IReadOnlyDictionary<long, double> Values)
{
    /// <summary>Mean over seeds; null: there is none.</summary>
    public double? Mean => Values.Count == 0 ? null : Values.Values.Average();

    /// <summary>Standard deviation over seeds, with n - 1; null for fewer than two.</summary>
    public double? Deviation => Spread([.. Values.Values]);

    /// <summary>Complete runs.</summary>
    public int Complete => Runs.Count(r => r.State == CellState.Complete);

    /// <summary>Whether runs are missing.</summary>
    public bool IsPartial => Complete < Runs.Count;

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
