using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Studies.Tables;

/// <summary>The test figures of a study as a table; cells without complete runs are in it, too.</summary>
/// <param name="Title">Headline.</param>
/// <param name="Rows">The rows that have cells.</param>
/// <param name="Columns">The columns that have cells.</param>
/// <param name="Cells">By row and column; no entry: the study leaves the cell out.</param>
internal sealed record StudyTable(string Title, IReadOnlyList<TableAxis> Rows, IReadOnlyList<TableAxis> Columns,
    IReadOnlyDictionary<(string Row, string Column), TableCell> Cells)
{
    /// <summary>A cell; null: the study leaves it out.</summary>
    public TableCell? Cell(TableAxis row, TableAxis column) => Cells.GetValueOrDefault((row.Key, column.Key));

    /// <summary>Reads the complete runs of a study.</summary>
    /// <param name="design">The study.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="layout">Rows and columns.</param>
    /// <exception cref="RadaptException">The predictions of a run cannot be read.</exception>
    public static StudyTable Read(StudyDesign design, IReadOnlyList<StudyCell> cells, StudyFolder folder, TableLayout layout)
    {
        TableAxis[] rows = [.. Axes(design, layout.Rows).Where(a => cells.Any(a.Has))];
        TableAxis[] columns = [.. Axes(design, layout.Columns).Where(a => cells.Any(a.Has))];
        var table = new Dictionary<(string, string), TableCell>();
        foreach (TableAxis row in rows)
        {
            foreach (TableAxis column in columns)
            {
                StudyCell[] runs = [.. cells.Where(c => row.Has(c) && column.Has(c))];
                if (runs.Length > 0)
                {
                    table[(row.Key, column.Key)] = Read(runs, folder);
                }
            }
        }

        return new StudyTable(design.Title, rows, columns, table);
    }

    private static TableCell Read(StudyCell[] runs, StudyFolder folder)
    {
        (StudyCell Cell, CellState State)[] states = [.. runs.Select(r => (r, folder.StateOf(r)))];
        var values = new SortedDictionary<long, double>();
        foreach ((StudyCell cell, _) in states.Where(s => s.State == CellState.Complete))
        {
            MultiLabelMetrics metrics = PredictionTable.Read(new RunFolder(folder.RunOf(cell.Name)).PredictionsFile).ComputeMetrics();
            if (metrics.MeanAuroc is { } auroc)
            {
                values[cell.Seed] = auroc;
            }
        }

        return new TableCell(states, values);
    }

    private static IEnumerable<TableAxis> Axes(StudyDesign design, IReadOnlyList<StudyFactor> factors)
    {
        IEnumerable<StudyLevel[]> axes = [[]];
        foreach (StudyFactor factor in factors)
        {
            axes = axes.SelectMany(a => design.Levels(factor).Select(l => (StudyLevel[])[.. a, l]));
        }

        return axes.Select(a => new TableAxis(a));
    }
}
