using System.Diagnostics;
using System.Globalization;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Studies.Design;
using Radapt.Studies.Work;
using Radapt.Training;

namespace Radapt.Studies.Planning;

/// <summary>
/// Plans a study: every cell is prepared as its run would be, which tells its updates, and real updates of each distinct shape are measured
/// once. Nothing is written but what the probe of the processor found.
/// </summary>
/// <param name="folder">The study's folder, for runs that are complete.</param>
/// <param name="runner">Says what a cell's run is given.</param>
/// <param name="measure">Measures updates of a cell in a process of its own; throws where that process is killed.</param>
internal sealed class StudyPlanner(StudyFolder folder, StudyRunner runner, Func<StudyCell, CellMeasurement> measure)
{
    private readonly Dictionary<string, CellMeasurement> _measured = [];

    /// <summary>Where JPEG-LS and JPEG 2000 are decoded; null: nowhere.</summary>
    public CodecProcess? Codecs { get; init; }

    /// <summary>Told what is being done, and how much of it.</summary>
    public Action<string, int, int>? OnProgress { get; init; }

    /// <summary>Memory that there is, bytes.</summary>
    public long MemoryBytes { get; init; } = Machine.MemoryBytes;

    /// <summary>Plans the cells.</summary>
    /// <param name="cells">The study's cells.</param>
    /// <param name="threads">Threads of a run.</param>
    /// <param name="atATime">Runs at a time.</param>
    /// <param name="cancellation">Ends it.</param>
    public StudyPlan Plan(IReadOnlyList<StudyCell> cells, int threads, int atATime, CancellationToken cancellation)
    {
        var repeats = new List<List<StudyCell>>();
        foreach (StudyCell cell in cells)
        {
            if (repeats.Find(r => r[0].IsRepeatOf(cell)) is { } known)
            {
                known.Add(cell);
            }
            else
            {
                repeats.Add([cell]);
            }
        }

        var planned = new List<PlannedCell>();
        foreach (List<StudyCell> runs in repeats)
        {
            cancellation.ThrowIfCancellationRequested();
            OnProgress?.Invoke(runs[0].Name, planned.Count, repeats.Count);
            planned.Add(Plan(runs));
        }

        return new StudyPlan(planned, threads, atATime, MemoryBytes);
    }

    private PlannedCell Plan(List<StudyCell> runs)
    {
        int left = runs.Count(r => !folder.IsComplete(r));
        CellWork? work = null;
        try
        {
            var watch = Stopwatch.StartNew();
            using (FineTuning run = FineTuning.PrepareTelling(
                runner.Layers(runs[0]), Codecs, headers: null, recipe => MemoryBound.Require(recipe, MemoryBytes)))
            {
                work = CellWork.From(run, watch.Elapsed);
            }

            if (!_measured.TryGetValue(work.Shape, out CellMeasurement? measured))
            {
                _measured[work.Shape] = measured = measure(runs[0]);
            }

            var cell = new PlannedCell(runs, left, work, measured, null);
            return cell.MemoryMib * (1 << 20) <= MemoryBytes ? cell
                : cell with
                {
                    Refusal = string.Create(CultureInfo.InvariantCulture,
                        $"takes {cell.MemoryMib / 1024:0.0} GiB of memory; this machine has {MemoryBytes / (double)(1L << 30):0.0} GiB."),
                };
        }
        catch (RadaptException e)
        {
            return new PlannedCell(runs, left, work, null, e.Message);
        }
    }
}
