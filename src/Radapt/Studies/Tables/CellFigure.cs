using Radapt.Metrics;

namespace Radapt.Studies.Tables;

/// <summary>The test AUROC of a finding, or the mean over findings, of the runs of a table's cell.</summary>
/// <param name="Finding">Its name, or <see cref="Runs.RunFigures.Mean"/>.</param>
/// <param name="Values">By seed; runs in which it is undefined are not in it.</param>
internal sealed record CellFigure(string Finding, IReadOnlyDictionary<long, double> Values)
{
    /// <summary>Mean over seeds; null: there is none.</summary>
    public double? Mean => Values.Count == 0 ? null : Values.Values.Average();

    /// <summary>Standard deviation over seeds, with n - 1; null for fewer than two.</summary>
    public double? Deviation => Spread([.. Values.Values]);

    /// <summary>The uncertainty of <see cref="Mean"/> over patients, for these seeds; null: it was not computed.</summary>
    public Estimate? OverPatients { get; init; }

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
