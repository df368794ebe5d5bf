using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Studies;

/// <summary>
/// k-fold cross-validation: a run for every fold in a sub-folder of its own, and the figures of all images, each scored by the run that has
/// not seen its patient. All folds follow the recipe that is decided for the first.
/// </summary>
/// <param name="layers">The recipe: what was given; the first beats the second. To resume: new places, then the folder's
/// recipe.</param>
/// <param name="codecs">Where DICOM files in JPEG-LS and JPEG 2000 are decoded; null: in processes of its own. The
/// caller disposes it.</param>
public sealed class CrossValidation(IReadOnlyList<RecipeLayer> layers, CodecProcess? codecs = null)
{
    /// <summary>Whether a recipe asks for all folds rather than for one run.</summary>
    public static bool IsAsked(IReadOnlyList<RecipeLayer> layers)
    {
        return PartialRecipe.Merge(layers).Data is { Folds: not null, Fold: null };
    }

    /// <summary>Trains and tests all folds that are not complete, then pools their predictions.</summary>
    /// <param name="folder">An empty or new folder; with <paramref name="resume"/> the one to go on with.</param>
    /// <param name="resume">Go on where an earlier session stopped.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Stops after the current update; the state is saved.</param>
    /// <exception cref="RadaptException">Anything is wrong with what was given, or the folds in the folder do not belong
    /// together.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume goes on from the last update.</exception>
    public CrossValidationSummary Run(
        string folder, bool resume = false, IProgress<FoldProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(folder, name: null, resume, new Reporter(PartialRecipe.Merge(layers).Data.Folds ?? 0, progress), cancellation);

    /// <summary>The same, with every fold trained by the caller.</summary>
    /// <param name="folder">An empty or new folder; with <paramref name="resume"/> the one to go on with. Null: it is named.</param>
    /// <param name="name">Names a folder by the recipe that is decided for the first fold, where none is given.</param>
    /// <param name="resume">Go on where an earlier session stopped.</param>
    /// <param name="runner">Trains the folds.</param>
    /// <param name="cancellation">Handed to <paramref name="runner"/>.</param>
    /// <inheritdoc cref="Run(string, bool, IProgress{FoldProgress}?, CancellationToken)" path="/exception"/>
    internal CrossValidationSummary Run(string? folder, Func<Recipe, string>? name, bool resume, IFoldRunner runner,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runner);
        int folds = PartialRecipe.Merge(layers).Data.Folds ?? 0;
        string? study = resume ? folder : null;
        FoldsFolder? all = study is null ? null : FoldsFolder.Resume(study, layers);
        try
        {
            for (int fold = 1; fold <= folds; fold++)
            {
                if (all is not null && all.IsComplete(fold))
                {
                    runner.Skip(fold, all.FolderOf(fold));
                    continue;
                }

                IReadOnlyList<RecipeLayer> its = all?.Layers(fold) ?? FoldsFolder.LayersOf(layers, fold);
                using FineTuning fineTuning = runner.Prepare(headers => FineTuning.PrepareTelling(its, codecs, headers));
                all?.Bind(fineTuning);
                study ??= folder ?? name?.Invoke(fineTuning.Recipe)
                    ?? throw new ArgumentNullException(nameof(folder), "A new folder is given or can be named.");
                bool resumes = all?.HasBegun(fold) ?? false;
                var run = new FoldRun(fold, folds, fineTuning, FoldsFolder.FolderOf(study, fold), study, resumes);
                if (all is null)
                {
                    new RunFolder(study).RequireUsable(resume: false); // now, since decoding may take minutes
                }

                runner.Start(run, cancellation);
                if (all is null)
                {
                    fineTuning.CheckPixels(run.Folder, cancellation: cancellation); // unless the runner did
                    all = FoldsFolder.Begin(study, fineTuning);
                }

                all.Start();
                runner.Train(run, cancellation);
            }

            return all!.Finish();
        }
        catch
        {
            all?.Leave(discard: !resume);
            throw;
        }
        finally
        {
            all?.Dispose();
        }
    }

    /// <summary>Trains the folds and reports how it goes.</summary>
    private sealed class Reporter(int folds, IProgress<FoldProgress>? progress) : IFoldRunner
    {
        public void Skip(int fold, string folder) => progress?.Report(new FoldProgress(fold, folds) { IsComplete = true });

        public FineTuning Prepare(Func<IProgress<(int Read, int Files)>?, FineTuning> prepare) => prepare(null);

        public void Start(FoldRun fold, CancellationToken cancellation) => progress?.Report(new FoldProgress(fold.Fold, folds));

        public void Train(FoldRun fold, CancellationToken cancellation)
        {
            fold.FineTuning.Run(
                fold.Folder, fold.Resumes, new Forward(fold.Fold, folds, progress),
                epoch => progress?.Report(new FoldProgress(fold.Fold, folds) { Epoch = epoch }), cancellation);
            progress?.Report(new FoldProgress(fold.Fold, folds) { IsComplete = true });
        }
    }

    private sealed class Forward(int fold, int folds, IProgress<FoldProgress>? progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress?.Report(new FoldProgress(fold, folds) { Training = value });
    }
}
