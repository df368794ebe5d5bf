using Radapt.Evaluation;
using Radapt.Runs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Reporting;

/// <summary>A study as its folder tells it.</summary>
/// <param name="Design">The study.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Table">Its figures, in the layout that it asks for.</param>
/// <param name="Runs">Its cells with how far each is, and the record of those that are complete.</param>
/// <param name="ShowsNames">Show the names of files and folders.</param>
internal sealed record ReportedStudy(
    StudyDesign Design, StudyFolder Folder, StudyTable Table, IReadOnlyList<(StudyCell Cell, CellState State, RunRecord? Record)> Runs,
    bool ShowsNames)
{
    /// <summary>Complete runs.</summary>
    public int Complete => Runs.Count(r => r.State == CellState.Complete);

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Of a study.</param>
    /// <param name="showsNames">Show the names of files and folders.</param>
    /// <param name="threads">Threads for the intervals; 0: one per processor.</param>
    /// <exception cref="RadaptException">No run is complete, or a file is damaged.</exception>
    public static ReportedStudy Read(string folder, bool showsNames = false, int threads = 0)
    {
        var study = new StudyFolder(folder);
        StudyFile file = StudyFile.Open(study.File);
        StudyRoots roots = study.ReadRoots() ?? new StudyRoots(file.Folder, file.Folder, file.Folder);
        StudyDesign design = file.Read();
        IReadOnlyList<StudyCell> cells = StudyExpansion.Expand(
            design, new StudyPlaces(roots.Recipes, roots.Data, roots.Weights, study.Path));
        (StudyCell Cell, CellState State, RunRecord? Record)[] runs = [.. cells.Select(c => (c, State: study.StateOf(c)))
            .Select(c => (c.c, c.State, c.State == CellState.Complete ? RunRecord.Read(study.RunOf(c.c.Name)) : null))];
        return runs.Any(r => r.State == CellState.Complete)
            ? new ReportedStudy(design, study,
                StudyTable.Read(design, cells, study, TableLayout.For(design), new StatisticsOptions { Threads = threads }), runs,
                    showsNames)
            : throw new RadaptException($"{folder}: no run of this study is complete, so there is nothing to report. "
                + $"Go on with radapt study run {folder}.");
    }
}
