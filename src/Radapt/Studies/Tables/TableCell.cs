using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Studies.Tables;

/// <summary>A cell of a table: the runs that differ in nothing but the seed.</summary>
/// <param name="Runs">The runs, and how far each is.</param>
/// <param name="Figures">Test AUROC: the mean over findings first, then each finding.</param>
internal sealed record TableCell(IReadOnlyList<(StudyCell Cell, CellState State)> Runs, IReadOnlyList<CellFigure> Figures)
{
    private static readonly CellFigure s_none = new(RunFigures.Mean, new Dictionary<long, double>());

    /// <summary>The mean over findings.</summary>
    public CellFigure Overall => Figures.Count == 0 ? s_none : Figures[0];

    /// <summary>Mean over findings and seeds; null: there is none.</summary>
    public double? Mean => Overall.Mean;

    /// <summary>Standard deviation of the mean over findings, over seeds, with n - 1; null for fewer than two.</summary>
    public double? Deviation => Overall.Deviation;

    /// <summary>How it differs from the cell that it is compared with; null: from none.</summary>
    public CellDifference? Difference { get; init; }

    /// <summary>A published figure, AUROC in percent; null: there is none.</summary>
    public double? Published { get; init; }

    /// <summary>Complete runs.</summary>
    public int Complete => Runs.Count(r => r.State == CellState.Complete);

    /// <summary>Runs that failed.</summary>
    public int Failed => Runs.Count(r => r.State == CellState.Failed);
}
