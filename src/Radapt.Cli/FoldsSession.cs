using System.Globalization;
using Radapt.Evaluation;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Metrics;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>A cross-validation as people see it: the session of every fold, then the figures of all.</summary>
internal sealed class FoldsSession(Terminal terminal, IReadOnlyList<RecipeLayer> layers, string allocator, bool verbose) : IFoldRunner
{
    private readonly HashSet<string> _shownNotes = [];
    private FineTuningSession? _session; // of the fold that is being trained
    private string? _resumed;

    /// <summary>Runs or resumes all folds.</summary>
    /// <returns>The folder of all.</returns>
    public string Run(string? given, bool resume, CancellationToken interrupted)
    {
        _resumed = resume ? given : null;
        using var codecs = new CodecProcess();
        CrossValidationSummary summary = new CrossValidation(layers, codecs).Run(
            given, recipe => RunNames.Default(recipe, DateTime.Now), resume, this, interrupted);
        string folder = given ?? Path.GetRelativePath(Environment.CurrentDirectory, summary.Folder);
        Show(summary, folder, PartialRecipe.Merge(layers).Data.Folds!.Value);
        return folder;
    }

    public void Skip(int fold, string folder) => terminal.Line($"{folder} is complete.");

    public FineTuning Prepare(Func<IProgress<(int Read, int Files)>?, FineTuning> prepare) =>
        LiveReport.Run(live => prepare(live.Headers));

    public void Start(FoldRun fold, CancellationToken cancellation)
    {
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"---- fold {fold.Fold} of {fold.Folds} ----"), strong: true);
        _session = new FineTuningSession(terminal, fold.FineTuning, fold.Folder, fold.StudyFolder)
        {
            Verbose = verbose,
            IsFollowing = _session is not null,
            ResumedFrom = _resumed,
            ShownNotes = _shownNotes,
        };
        _session.Start(allocator, fold.Resumes, cancellation);
    }

    public void Train(FoldRun fold, CancellationToken cancellation)
    {
        _session!.Run(fold.Resumes, cancellation);
        terminal.Line();
    }

    private void Show(CrossValidationSummary summary, string folder, int folds)
    {
        terminal.Line($"All {folds} folds, every image scored by the run that has not seen its patient:", strong: true);
        RunStatistics statistics = summary.Statistics!;
        terminal.Rows(
            ["", "AUROC pooled", "95 % interval", "mean of folds", "sd", "positive", "negative"],
            summary.Folds.Where(f => f.Finding != RunFigures.Mean || summary.Pooled.Findings.Count > 1).Select(f =>
            {
                FindingStatistics? finding = statistics.Findings.FirstOrDefault(p => p.Finding == f.Finding);
                Interval? interval = (finding?.Auroc ?? statistics.MeanAuroc).Interval;
                return new[]
                {
                    f.Finding, Figures.Auroc(f.Pooled), Figures.Range(interval), Figures.Auroc(f.Mean), Figures.Auroc(f.StandardDeviation),
                    finding is null ? "" : Figures.Count(finding.Positives), finding is null ? "" : Figures.Count(finding.Negatives),
                };
            }),
            1, 3, 4, 5, 6);
        Figures.ShowIntervals(terminal, statistics);
        if (summary.Folds.Any(f => f.Values.Any(v => v is null)))
        {
            terminal.Line("Some folds have no positives or no negatives of a finding, so they have no AUROC and are not in its mean.");
        }

        foreach (string line in DecisionFitting.Lines(summary.Rules!))
        {
            terminal.Line(line);
        }

        terminal.Line($"Folder: {folder} (recipe.yaml, run.json, predictions.csv out of fold, split.csv, and a run folder for every fold)");
        terminal.Line(
            $"Next: radapt predict {FineTuningSession.Quoted(folder)} IMAGES -o predictions.csv (the "
                + "mean of the folds), or train one run on "
                + "all images, without --folds");
    }
}
