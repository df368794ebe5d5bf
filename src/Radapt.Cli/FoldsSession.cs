using System.Globalization;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Training;
using Radapt.Training.Recipes;

namespace Radapt.Cli;

/// <summary>A cross-validation as people see it: the session of every fold, then the figures of all.</summary>
internal sealed class FoldsSession(Terminal terminal, IReadOnlyList<RecipeLayer> layers, string allocator, bool verbose)
{
    /// <summary>Runs or resumes all folds.</summary>
    /// <returns>The folder of all.</returns>
    public string Run(string? given, bool resume, CancellationToken interrupted)
    {
        using CodecProcess codecs = PixelDecoding.Processes();
        CrossValidation? all = resume ? CrossValidation.Resume(given!, layers) : null;
        try
        {
            return Run(given, all, codecs, begun => all = begun, interrupted);
        }
        finally
        {
            all?.Dispose();
        }
    }

    private string Run(string? given, CrossValidation? all, CodecProcess codecs, Action<CrossValidation> onBegin, CancellationToken interrupted)
    {
        int folds = RecipeResolver.Partial(layers).Folds;
        string? folder = given;
        for (int fold = 1; fold <= folds; fold++)
        {
            if (all is not null && all.IsComplete(fold))
            {
                terminal.Line($"{all.FolderOf(fold)} is complete.");
                continue;
            }

            using var fineTuning = FineTuning.Prepare(all?.Layers(fold) ?? CrossValidation.OfFold(layers, fold), codecs);
            all?.RequireSame(fineTuning);
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"---- fold {fold} of {folds} ----"), strong: true);
            folder ??= RunNames.Default(fineTuning.Recipe, DateTime.Now);
            if (all is null)
            {
                CrossValidation.RequireUsable(folder);
            }

            string own = all?.FolderOf(fold) ?? Path.Combine(folder, "fold1");
            var session = new FineTuningSession(terminal, fineTuning, own, folder) { Verbose = verbose };
            session.Start(allocator, all?.HasBegun(fold) ?? false, interrupted);
            if (all is null)
            {
                onBegin(all = CrossValidation.Begin(folder, fineTuning));
            }

            try
            {
                session.Run(all.HasBegun(fold), interrupted);
            }
            catch
            {
                all.DiscardIfEmpty();
                throw;
            }

            terminal.Line();
        }

        Show(all!.Finish(), folder!, folds);
        return folder!;
    }

    private void Show(CrossValidationSummary summary, string folder, int folds)
    {
        terminal.Line($"All {folds} folds, every image scored by the run that has not seen its patient:", strong: true);
        terminal.Rows(
            ["", "AUROC pooled", "mean of folds", "sd", "positive", "negative"],
            summary.Folds.Where(f => f.Finding != "mean" || summary.Pooled.Findings.Count > 1).Select(f =>
            {
                var finding = summary.Pooled.Findings.FirstOrDefault(p => p.Finding == f.Finding);
                return new[]
                {
                    f.Finding, Figures.Auroc(f.Pooled), Figures.Auroc(f.Mean), Figures.Auroc(f.StandardDeviation),
                    finding is null ? "" : Figures.Count(finding.Positives), finding is null ? "" : Figures.Count(finding.Negatives),
                };
            }),
            1, 2, 3, 4, 5);
        if (summary.Folds.Any(f => f.Values.Any(v => v is null)))
        {
            terminal.Line("Some folds lack positives or negatives of a finding; their AUROC is not in its mean.");
        }

        terminal.Line($"Folder: {folder} (recipe.yaml, run.json, predictions.csv out of fold, split.csv, and a run folder for every fold)");
    }
}
