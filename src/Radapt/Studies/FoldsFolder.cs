using System.Globalization;
using Radapt.Datasets;
using Radapt.Evaluation;
using Radapt.Metrics;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

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
    private readonly RunRecord _begun; // images and weights that all folds share
    private bool _isRunning;

    private FoldsFolder(RunFolder folder, RunLock held, RecipeLayer[] given, RunRecord begun, int folds) =>
        (_folder, _held, _given, _begun, Folds) = (folder, held, given, begun, folds);

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

    /// <summary>
    /// Begins in an empty or new folder, by the recipe that was decided for the first fold. All folds are bound to its images, labels,
    /// patients and weights, and leave out the images that it could not read.
    /// </summary>
    /// <param name="folder">The folder of all.</param>
    /// <param name="first">The first fold, its pixels checked.</param>
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
            if (first.Images.Check is { Unreadable: { Count: > 0 } unreadable })
            {
                UnreadableTable.Write(run.UnreadableFile, unreadable.Select(u => u with { Part = "" }),
                    NameKey.For(first.Recipe.Data, first.Data));
            }

            var begun = new RunRecord
            {
                Status = RunStatus.Running,
                Seed = first.Recipe.Seed,
                Data = new RunDataRecord
                {
                    Images = DataFingerprint.Used(first.Data).Count(),
                    AllImages = DataFingerprint.Images(first.Data),
                    Parts = new Dictionary<string, RunPart>
                    {
                        ["all"] = RunPart.Count(first.Data.Train with { Items = [.. DataFingerprint.Used(first.Data)] }),
                    },
                    Pixels = first.Images.Check?.Record,
                },
                Weights = new RunWeights(first.WeightsDescription, first.BaseHash),
                Folds = new RunFolds { Count = first.Recipe.Data.Folds!.Value },
            };
            run.WriteRun(begun);
            return new FoldsFolder(run, held, [RecipeFile.Read(run.RecipeFile)], begun, first.Recipe.Data.Folds!.Value);
        }
        catch
        {
            run.Discard(held);
            throw;
        }
    }

    /// <summary>Goes on where an earlier session stopped.</summary>
    /// <param name="folder">The folder of all.</param>
    /// <param name="layers">New places of data and weights, then the recipe in the folder.</param>
    /// <exception cref="RadaptException">Nothing to resume, another session works in the folder, or a file of a complete fold is missing or
    /// damaged.</exception>
    public static FoldsFolder Resume(string folder, IReadOnlyList<RecipeLayer> layers)
    {
        var run = new RunFolder(folder);
        RunLock held = run.Reopen();
        int folds = PartialRecipe.Merge(layers).Data.Folds ?? 0;
        var all = new FoldsFolder(run, held, [.. layers], BegunWith(folder, folds), folds);
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

    /// <summary>Notes that the session ends before all folds are complete.</summary>
    /// <param name="discard">Take the folder back if no fold has anything to keep.</param>
    public void Leave(bool discard)
    {
        if (discard && !Enumerable.Range(1, Folds).Any(HasBegun))
        {
            _folder.Discard(_held);
            return;
        }

        if (!_isRunning)
        {
            return; // a session that was refused before it trained changes nothing
        }

        try
        {
            WriteStatus(RunStatus.Interrupted);
        }
        catch (RadaptException)
        {
            // such as on a full disk: why the session ends is what the user must read
        }
    }

    /// <summary>
    /// Binds a fold's run to what the cross-validation began with: it leaves out the same images, and must have the same others.
    /// </summary>
    /// <param name="next">The run, prepared.</param>
    /// <exception cref="RadaptException">Images, labels, patients or base weights are others now.</exception>
    public void Bind(FineTuning next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (_begun.Data?.Pixels is { } pixels)
        {
            next.Images.Use(UnreadableTable.Read(_folder.UnreadableFile, NameKey.For(next.Recipe.Data, next.Data)), pixels);
        }

        int images = DataFingerprint.Used(next.Data).Count();
        string counts = _begun.Data?.Images is { } then && then != images ? $" ({then} images then, {images} now)" : "";
        RequireSame(_begun.Data?.AllImages, DataFingerprint.Images(next.Data), $"images, labels or patients changed{counts}",
            next.Recipe.Data.Data is null ? "" : " If the data was moved, give its new path with --data or --image-root.");
        RequireSame(_begun.Weights?.Sha256, next.BaseHash, "the base weights changed", " If the weights were moved, give their new path with --weights.");
    }

    /// <summary>Notes that a session trains the folds.</summary>
    public void Start()
    {
        if (!_isRunning)
        {
            WriteStatus(RunStatus.Running);
            _isRunning = true;
        }
    }

    private void WriteStatus(RunStatus status) => _folder.WriteRun(_begun with { Status = status });

    // What the folder's record says; where that is damaged, what a complete fold was trained with.
    private static RunRecord BegunWith(string folder, int folds)
    {
        RunRecord? all = RunRecord.ReadUnlessRewritten(folder);
        if (all?.Data?.AllImages is not null)
        {
            return all;
        }

        RunRecord? fold = Enumerable.Range(1, folds).Select(f => ReadSound(FolderOf(folder, f)))
            .FirstOrDefault(f => f?.Status == RunStatus.Complete);
        return new RunRecord
        {
            Data = fold?.Data is not { } data ? null : new RunDataRecord { AllImages = data.AllImages, Pixels = data.Pixels },
            Weights = fold?.Weights,
            Folds = new RunFolds { Count = folds },
        };
    }

    // Damaged ones are told by RequireSoundFolds.
    private static RunRecord? ReadSound(string folder)
    {
        try
        {
            return RunRecord.Read(folder);
        }
        catch (RadaptException)
        {
            return null;
        }
    }

    private void RequireSame(string? then, string now, string what, string moved)
    {
        if (then is not null && then != now)
        {
            throw new RadaptException(
                $"{Folder}: {what} since this cross-validation began, so its folds would not fit together; nothing was trained. "
                + $"Restore what was there and resume, or start a new cross-validation with another --out.{moved}");
        }
    }

    /// <summary>Gives the folder up for other sessions.</summary>
    public void Dispose() => _held.Dispose();

    /// <summary>Pools the predictions of all folds and writes <c>predictions.csv</c>, <c>split.csv</c> and <c>run.json</c>.</summary>
    /// <exception cref="RadaptException">A fold is not complete, or a file of one is damaged.</exception>
    public CrossValidationSummary Finish()
    {
        RunFolder[] folds = [.. Enumerable.Range(1, Folds).Select(f => new RunFolder(FolderOf(f)))];
        RequireSoundFolds();
        LabelledScores scores = PooledPredictions.Write(folds, _folder.PredictionsFile);
        RunStatistics statistics = RunStatistics.Compute(scores);
        MultiLabelMetrics pooled = statistics.Metrics;
        AtomicFile.WriteText(_folder.SplitFile, "image,patient,fold\n"
            + string.Concat(folds.SelectMany((run, i) => DrawnSplitTable.Tested(run.SplitFile, i + 1))));
        DecisionRules rules = DecisionFitting.Fit(
            scores, DecisionRules.OutOfFoldImages, [.. folds.Select(f => DecisionRules.AdapterHash(f.AdapterFile))]);
        if (rules.Findings.Count > 0)
        {
            rules.Write(_folder.DecisionsFile);
        }

        RunRecord[] runs = [.. folds.Select(f => RunRecord.Read(f.Path)!)];
        FoldedFigure[] figures =
        [
            .. pooled.Findings.Select(f => Figure(f.Finding, f.Auroc, runs)),
            Figure(RunFigures.Mean, pooled.MeanAuroc, runs),
        ];
        _folder.WriteRun(Report(runs, statistics, figures));
        _folder.Complete(_held);
        return new CrossValidationSummary(Folder, pooled, figures) { Statistics = statistics, Rules = rules };
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
                    RunRecord complete = RunRecord.Read(run.Path)!;
                    RunFileHashes.Require(complete, run.PredictionsFile, run.SplitFile, run.AdapterFile);
                    RequireBound(complete, run.Path);
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

    // Such as a fold that was copied from another cross-validation.
    private void RequireBound(RunRecord fold, string folder)
    {
        if (_begun.Data?.AllImages is { } all && fold.Data?.AllImages is { } its && its != all)
        {
            throw new RadaptException($"{folder}: was trained on other images, labels or patients than the cross-validation began with.");
        }
    }

    // What is the same in all folds is that of the first.
    private RunRecord Report(RunRecord[] runs, RunStatistics statistics, FoldedFigure[] figures) => new()
    {
        Status = RunStatus.Complete,
        Versions = runs[0].Versions,
        Machine = runs[0].Machine,
        Compute = runs[0].Compute,
        Seed = runs[0].Seed,
        Data = new RunDataRecord
        {
            Images = runs.Sum(r => r.Data?.Test ?? 0),
            AllImages = _begun.Data?.AllImages,
            Parts = _begun.Data?.Parts,
            Matching = runs[0].Data?.Matching,
            Pixels = runs[0].Data?.Pixels, // of all folds' images
            Fingerprints = [.. runs.Select(r => r.Data?.Fingerprint)],
        },
        Weights = runs[0].Weights,
        Trainable = runs[0].Trainable,
        SessionStarted = runs.Min(r => r.SessionStarted),
        Folds = new RunFolds
        {
            Count = Folds,
            BestEpochs = [.. runs.Select(r => r.BestEpoch)],
            Auroc = new OrderedDictionary<string, RunFoldFigure>(
                figures.Select(f => KeyValuePair.Create(f.Finding, new RunFoldFigure(f.Mean, f.StandardDeviation, f.Values)))),
        },
        Test = statistics.ToFigures(),
        Files = RunFileHashes.Compute(_folder),
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
