using System.Globalization;
using Radapt.Datasets;
using Radapt.Metrics;
using Radapt.Options;
using Radapt.Runs;
using Radapt.Training;
using Radapt.Recipes;

namespace Radapt.Studies;

/// <summary>
/// The folder of a cross-validation: a run folder for every fold, and the recipe, predictions and figures of all. All folds follow the
/// recipe that is decided for the first. One session at a time works in it.
/// </summary>
internal sealed class FoldsFolder : IDisposable
{
    private static readonly OptionDeclaration s_fold = OptionTable.Find((DataOptions d) => d.Fold);

    private readonly RunFolder _folder;
    private readonly RecipeLayer[] _given;

    private readonly RunLock _held;

    private FoldsFolder(RunFolder folder, RunLock held, RecipeLayer[] given, int folds) =>
        (_folder, _held, _given, Folds) = (folder, held, given, folds);

    /// <summary>The number of folds.</summary>
    public int Folds { get; }

    /// <summary>The folder of all.</summary>
    public string Folder => _folder.Path;

    /// <summary>The layers of one fold's run, to be prepared by <see cref="FineTuning.Prepare"/>.</summary>
    /// <param name="layers">What was given.</param>
    /// <param name="fold">From 1.</param>
    public static IReadOnlyList<RecipeLayer> LayersOf(IReadOnlyList<RecipeLayer> layers, int fold)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return [new RecipeLayer([new RecipeEntry(s_fold, fold, "cross-validation", s_fold.Name)]), .. layers];
    }

    /// <summary>Begins in an empty or new folder, by the recipe that was decided for the first fold.</summary>
    /// <exception cref="RadaptException">The folder is not empty.</exception>
    public static FoldsFolder Begin(string folder, FineTuning first)
    {
        ArgumentNullException.ThrowIfNull(first);
        var run = new RunFolder(folder);
        RunLock held = run.Create();
        try
        {
            Recipe every = first.Recipe with { Data = first.Recipe.Data with { Fold = null } };
            var resolved = new ResolvedRecipe(every, [.. first.Resolved.Values.Where(v => v.Name != s_fold.Name)]);
            RecipeFile.Write(resolved, run.RecipeFile);
            run.WriteRun(new RunRecord { Status = RunStatus.Running, Folds = new RunFolds { Count = first.Recipe.Data.Folds!.Value } });
            return new FoldsFolder(run, held, [RecipeFile.Read(run.RecipeFile)], first.Recipe.Data.Folds!.Value);
        }
        catch
        {
            run.Discard(held);
            throw;
        }
    }

    /// <summary>Goes on where an earlier session stopped.</summary>
    /// <param name="folder">The folder of all.</param>
    /// <param name="layers">Places that are given anew, then the recipe in the folder.</param>
    /// <exception cref="RadaptException">Nothing to resume, another session works in the folder, or a file of a complete fold is missing or
    /// damaged.</exception>
    public static FoldsFolder Resume(string folder, IReadOnlyList<RecipeLayer> layers)
    {
        var run = new RunFolder(folder);
        var all = new FoldsFolder(run, run.Reopen(), [.. layers], PartialRecipe.Merge(layers).Data.Folds ?? 0);
        try
        {
            all.RequireSoundFolds(); // now: a fold that cannot be used must not be found after the others are trained
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    /// <summary>The layers of a fold, by the recipe of all.</summary>
    public IReadOnlyList<RecipeLayer> Layers(int fold) => LayersOf(_given, fold);

    /// <summary>The run folder of a fold.</summary>
    public string FolderOf(int fold) => FolderOf(_folder.Path, fold);

    /// <summary>The run folder of a fold.</summary>
    /// <param name="study">The folder of all.</param>
    /// <param name="fold">From 1.</param>
    public static string FolderOf(string study, int fold) =>
        Path.Combine(study, string.Create(CultureInfo.InvariantCulture, $"fold{fold}"));

    /// <summary>A fold's run is done.</summary>
    public bool IsComplete(int fold) => RunRecord.IsComplete(FolderOf(fold));

    /// <summary>A fold's run has begun and may be resumed.</summary>
    public bool HasBegun(int fold) => File.Exists(new RunFolder(FolderOf(fold)).RecipeFile);

    /// <summary>Takes the folder back if no fold has anything to keep.</summary>
    public void DiscardIfEmpty()
    {
        if (!Enumerable.Range(1, Folds).Any(HasBegun))
        {
            _folder.Discard(_held);
        }
    }

    /// <summary>Refuses a fold's run that does not belong to the folds before it.</summary>
    /// <param name="next">The run, prepared.</param>
    /// <exception cref="RadaptException">Images, labels or base weights are not those of a fold that has begun.</exception>
    public void RequireSame(FineTuning next)
    {
        ArgumentNullException.ThrowIfNull(next);
        string images = DataFingerprint.Images(next.Data);
        for (int fold = 1; fold <= Folds; fold++)
        {
            RunRecord? begun = IsComplete(fold) ? RunRecord.Read(FolderOf(fold)) : null;
            string? changed = Differs(begun?.Data?.AllImages, images) ? "images or labels"
                : Differs(begun?.Weights?.Sha256, next.BaseHash) ? "the base weights" : null;
            if (changed is not null)
            {
                throw new RadaptException(
                    $"{Folder}: {changed} changed since fold {fold} was trained, so that the folds do not belong together. "
                    + "Restore what was there, or start afresh with another --out.");
            }
        }

        static bool Differs(string? then, string now) => then is not null && then != now;
    }

    /// <summary>Gives the folder up for other sessions.</summary>
    public void Dispose() => _held.Dispose();

    /// <summary>Pools the predictions of all folds and writes <c>predictions.csv</c>, <c>split.csv</c> and <c>run.json</c>.</summary>
    /// <exception cref="RadaptException">A fold is not complete, or a file of one is damaged.</exception>
    public CrossValidationSummary Finish()
    {
        RunFolder[] folds = [.. Enumerable.Range(1, Folds).Select(f => new RunFolder(FolderOf(f)))];
        RequireSoundFolds();
        MultiLabelMetrics pooled = PooledPredictions.Write(folds, _folder.PredictionsFile);
        AtomicFile.WriteText(_folder.SplitFile, "image,patient,fold\n"
            + string.Concat(folds.SelectMany((run, i) => DrawnSplitTable.Tested(run.SplitFile, i + 1))));
        RunRecord[] runs = [.. folds.Select(f => RunRecord.Read(f.Path)!)];
        FoldedFigure[] figures =
        [
            .. pooled.Findings.Select(f => Figure(f.Finding, f.Auroc, runs)),
            Figure(RunFigures.Mean, pooled.MeanAuroc, runs),
        ];
        _folder.WriteRun(Report(runs, pooled, figures));
        _folder.Complete(_held);
        return new CrossValidationSummary(Folder, pooled, figures);
    }

    // Of complete folds, what Finish reads.
    private void RequireSoundFolds()
    {
        foreach (int fold in Enumerable.Range(1, Folds))
        {
            var run = new RunFolder(FolderOf(fold));
            try
            {
                if (IsComplete(fold))
                {
                    RunFileHashes.Require(RunRecord.Read(run.Path)!, run.PredictionsFile, run.SplitFile, run.AdapterFile);
                }
            }
            catch (RadaptException e)
            {
                throw new RadaptException(
                    $"{e.Message.TrimEnd('.')}. Restore it from a backup, or remove {run.Path} and resume: the fold is then trained again.",
                        e);
            }
        }
    }

    // What is the same in all folds is that of the first.
    private RunRecord Report(RunRecord[] runs, MultiLabelMetrics pooled, FoldedFigure[] figures) => new()
    {
        Status = RunStatus.Complete,
        Versions = runs[0].Versions,
        Machine = runs[0].Machine,
        Compute = runs[0].Compute,
        Seed = runs[0].Seed,
        Data = new RunDataRecord
        {
            Images = runs.Sum(r => r.Data?.Test ?? 0),
            Matching = runs[0].Data?.Matching,
            Pixels = runs[0].Data?.Pixels, // of all folds' images
            Fingerprints = [.. runs.Select(r => r.Data?.Fingerprint)],
        },
        Weights = runs[0].Weights,
        Trainable = runs[0].Trainable,
        Folds = new RunFolds
        {
            Count = Folds,
            BestEpochs = [.. runs.Select(r => r.BestEpoch)],
            Auroc = new OrderedDictionary<string, RunFoldFigure>(
                figures.Select(f => KeyValuePair.Create(f.Finding, new RunFoldFigure(f.Mean, f.StandardDeviation, f.Values)))),
        },
        Test = RunFigures.From(pooled),
    };

    private static FoldedFigure Figure(string finding, double? pooled, RunRecord[] runs)
    {
        double?[] values = [.. runs.Select(r => r.Test?.Auroc.GetValueOrDefault(finding))];
        double[] defined = [.. values.OfType<double>()];
        double? mean = defined.Length > 0 ? defined.Average() : null;
        double? deviation = defined.Length > 1
            ? Math.Sqrt(defined.Sum(v => (v - mean!.Value) * (v - mean.Value)) / (defined.Length - 1)) : null;
        return new FoldedFigure(finding, pooled, mean, deviation, values);
    }
}
