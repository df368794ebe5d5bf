using Radapt.Runs;
using Radapt.Studies.Work;

namespace Radapt.Reporting;

/// <summary>The report on a folder: a page and its plots.</summary>
/// <param name="Folder">What is reported.</param>
/// <param name="Html">The page.</param>
/// <param name="Plots">Its plots.</param>
internal sealed record Report(string Folder, string Html, PlotSet Plots)
{
    /// <summary>Makes the report on a run, a cross-validation or a study.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="options">What to show.</param>
    /// <exception cref="RadaptException">There is nothing to report, or a file is missing or damaged.</exception>
    public static Report Create(string folder, ReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var plots = new PlotSet();
        if (StudyFolder.IsStudy(folder))
        {
            return options is not { Images: 0, Subgroups.Count: 0 }
                ? throw new RadaptException($"{folder}: is a study; --images and --subgroup are for one run. Give the folder of one of its runs.")
                : new Report(folder, StudyPage.Create(ReportedStudy.Read(folder, options.ShowsNames, options.Threads), plots), plots);
        }

        var run = ReportedRun.Read(folder, options.ShowsNames, options.Threads);
        IReadOnlyList<ConfidentError>? errors = options.Images == 0 ? null : ConfidentErrors.Find(run, options.Images, options.Codecs);
        return new Report(folder, RunPage.Create(run, plots, errors, options.Subgroups), plots);
    }

    /// <summary>Writes the page.</summary>
    /// <param name="file">Where; null: <c>report.html</c> in the folder.</param>
    /// <returns>The file.</returns>
    /// <exception cref="RadaptException">It cannot be written.</exception>
    public string Write(string? file = null)
    {
        string page = file ?? new RunFolder(Folder).ReportFile;
        AtomicFile.WriteText(page, Html);
        return file ?? Path.Combine(Folder, Path.GetFileName(page));
    }
}
