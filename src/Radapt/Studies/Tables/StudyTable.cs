using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Studies.Tables;

/// <summary>The test figures of a study as a table; cells without complete runs are in it, too.</summary>
/// <param name="Title">Headline.</param>
/// <param name="Layout">Rows and columns.</param>
/// <param name="Rows">The rows that have cells.</param>
/// <param name="Columns">The columns that have cells.</param>
/// <param name="Cells">By row and column; no entry: the study leaves the cell out.</param>
internal sealed record StudyTable(string Title, TableLayout Layout, IReadOnlyList<TableAxis> Rows, IReadOnlyList<TableAxis> Columns,
    IReadOnlyDictionary<(string Row, string Column), TableCell> Cells)
{
    /// <summary>How intervals over patients are computed; null: there are none.</summary>
    public string? IntervalMethod { get; init; }

    /// <summary>Where published figures are from; null: there are none.</summary>
    public string? PublishedSource { get; init; }

    /// <summary>A cell; null: the study leaves it out.</summary>
    public TableCell? Cell(TableAxis row, TableAxis column) => Cells.GetValueOrDefault((row.Key, column.Key));

    /// <summary>The row with the highest mean of a column; null: there is none.</summary>
    public TableAxis? Best(TableAxis column) => Rows.Where(r => Cell(r, column)?.Mean is not null).MaxBy(r => Cell(r, column)!.Mean);

    /// <summary>Reads the complete runs of a study.</summary>
    /// <param name="design">The study.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="layout">Rows and columns.</param>
    /// <param name="statistics">How uncertainty over patients is computed; null: it is not.</param>
    /// <exception cref="RadaptException">The predictions of a run cannot be read.</exception>
    public static StudyTable Read(StudyDesign design, IReadOnlyList<StudyCell> cells, StudyFolder folder, TableLayout layout,
        StatisticsOptions? statistics = null)
    {
        TableAxis[] rows = [.. Axes(design, layout.Rows).Where(a => cells.Any(a.Has))];
        TableAxis[] columns = [.. Axes(design, layout.Columns).Where(a => cells.Any(a.Has))];
        var published = PublishedFigures.Read(design);
        PatientResamples? resamples = statistics is null ? null : new PatientResamples(statistics);
        var table = new Dictionary<(string, string), TableCell>();
        foreach (TableAxis row in rows)
        {
            foreach (TableAxis column in columns)
            {
                StudyCell[] runs = [.. cells.Where(c => row.Has(c) && column.Has(c))];
                if (runs.Length > 0)
                {
                    table[(row.Key, column.Key)] = Read(runs, folder, resamples) with { Published = published?.Find(runs[0]) };
                }
            }
        }

        foreach ((string, string) key in table.Keys.ToList())
        {
            table[key] = Compared(table[key], table.Values, layout.Reference, resamples);
        }

        return new StudyTable(design.Title, layout, rows, columns, table)
        {
            IntervalMethod = resamples?.Method,
            PublishedSource = published?.Source,
        };
    }

    private static TableCell Read(StudyCell[] runs, StudyFolder folder, PatientResamples? resamples)
    {
        (StudyCell Cell, CellState State)[] states = [.. runs.Select(r => (r, folder.StateOf(r)))];
        var figures = new OrderedDictionary<string, SortedDictionary<long, double>>();
        string[] complete = [.. states.Where(s => s.State == CellState.Complete).Select(s => s.Cell.Name)];
        foreach ((StudyCell cell, _) in states.Where(s => s.State == CellState.Complete))
        {
            LabelledScores scores = PredictionTable.Read(new RunFolder(folder.RunOf(cell.Name)).PredictionsFile);
            MultiLabelMetrics metrics = scores.ComputeMetrics();
            Add(RunFigures.Mean, cell.Seed, metrics.MeanAuroc);
            foreach (FindingMetrics finding in metrics.Findings)
            {
                Add(finding.Finding, cell.Seed, finding.Auroc);
            }

            resamples?.Add(cell.Name, scores);
        }

        return new TableCell(states,
        [
            .. figures.Select(f => new CellFigure(f.Key, f.Value)).Select(f => f with
            {
                OverPatients = resamples?.Interval(f.Mean, f.Finding, complete),
            }),
        ]);

        void Add(string name, long seed, double? auroc)
        {
            if (!figures.TryGetValue(name, out SortedDictionary<long, double>? values))
            {
                figures[name] = values = [];
            }

            if (auroc is { } value)
            {
                values[seed] = value;
            }
        }
    }

    private static TableCell Compared(TableCell cell, IEnumerable<TableCell> all, IReadOnlyDictionary<StudyFactor, string> reference,
        PatientResamples? resamples)
    {
        StudyCell own = cell.Runs[0].Cell;
        if (reference.Count == 0 || reference.All(r => own.Levels.GetValueOrDefault(r.Key)?.Key == r.Value))
        {
            return cell;
        }

        TableCell? other = all.FirstOrDefault(c => c.Runs[0].Cell.Levels.All(l => l.Key == StudyFactor.Seed
            || l.Value.Key == reference.GetValueOrDefault(l.Key, own.Levels.GetValueOrDefault(l.Key)?.Key!)));
        if (other is null)
        {
            return cell;
        }

        string title = string.Join(", ", reference.Keys.Order().Select(f => other.Runs[0].Cell.Levels[f].Title));
        var difference = CellDifference.Create(title, cell.Overall, other.Overall);
        if (difference is null || resamples is null)
        {
            return cell with { Difference = difference };
        }

        long[] seeds = [.. cell.Overall.Values.Keys.Intersect(other.Overall.Values.Keys)];
        Estimate interval = resamples.Interval(
            difference.Mean, RunFigures.Mean, Names(cell, seeds), Names(other, seeds), out double? pValue);
        return cell with { Difference = difference with { OverPatients = interval, PValue = pValue } };
    }

    private static string[] Names(TableCell cell, long[] seeds) =>
        [.. seeds.Select(s => cell.Runs.First(r => r.Cell.Seed == s).Cell.Name)];

    private static IEnumerable<TableAxis> Axes(StudyDesign design, IReadOnlyList<StudyFactor> factors)
    {
        IEnumerable<StudyLevel[]> axes = [[]];
        foreach (StudyFactor factor in factors.Where(design.Factors.ContainsKey))
        {
            axes = axes.SelectMany(a => design.Levels(factor).Select(l => (StudyLevel[])[.. a, l]));
        }

        return axes.Select(a => new TableAxis(a));
    }
}
