using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Datasets;
using Radapt.Metrics;
using Radapt.Training.Recipes;

namespace Radapt.Training;

/// <summary>
/// k-fold cross-validation: a run for every fold in a sub-folder of its own, and the figures of all images, each scored by the run that has not seen
/// its patient. All folds follow the recipe that is decided for the first.
/// </summary>
public sealed class CrossValidation : IDisposable
{
    private readonly RunFolder _folder;
    private readonly RecipeLayer[] _given;

    private readonly RunLock _held;

    private CrossValidation(RunFolder folder, RunLock held, RecipeLayer[] given, int folds) => (_folder, _held, _given, Folds) = (folder, held, given, folds);

    /// <summary>The number of folds.</summary>
    public int Folds { get; }

    /// <summary>The folder of all.</summary>
    public string Folder => _folder.Path;

    /// <summary>Whether a recipe asks for all folds rather than for one run.</summary>
    public static bool IsAsked(IReadOnlyList<RecipeLayer> layers)
    {
        Recipe recipe = RecipeResolver.Partial(layers);
        return recipe.Folds > 0 && recipe.Fold == 0;
    }

    /// <summary>The layers of one fold's run, to be prepared by <see cref="FineTuning.Prepare"/>.</summary>
    /// <param name="layers">What was given.</param>
    /// <param name="fold">From 1.</param>
    public static IReadOnlyList<RecipeLayer> OfFold(IReadOnlyList<RecipeLayer> layers, int fold)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return [new RecipeLayer([new RecipeEntry(RecipeOptions.Find("fold")!, (long)fold, "cross-validation", "fold")]), .. layers];
    }

    /// <summary>Begins in an empty or new folder, by the recipe that was decided for the first fold.</summary>
    /// <exception cref="RadaptException">The folder is not empty.</exception>
    public static CrossValidation Begin(string folder, FineTuning first)
    {
        ArgumentNullException.ThrowIfNull(first);
        var run = new RunFolder(folder);
        RunLock held = run.Create();
        try
        {
            var resolved = new ResolvedRecipe(first.Recipe with { Fold = 0 }, [.. first.Resolved.Values.Where(v => v.Name != "fold")]);
            RecipeFile.Write(resolved, run.RecipeFile);
            run.WriteRun(new JsonObject { ["status"] = "running", ["folds"] = new JsonObject { ["count"] = first.Recipe.Folds } });
            return new CrossValidation(run, held, [RecipeFile.Read(run.RecipeFile)], first.Recipe.Folds);
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
    /// <exception cref="RadaptException">Nothing to resume, another session works in the folder, or a file of a complete fold is missing or damaged.</exception>
    public static CrossValidation Resume(string folder, IReadOnlyList<RecipeLayer> layers)
    {
        var run = new RunFolder(folder);
        var all = new CrossValidation(run, run.Reopen(), [.. layers], RecipeResolver.Partial(layers).Folds);
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
    public IReadOnlyList<RecipeLayer> Layers(int fold) => OfFold(_given, fold);

    /// <summary>The run folder of a fold.</summary>
    public string FolderOf(int fold) => Path.Combine(_folder.Path, string.Create(CultureInfo.InvariantCulture, $"fold{fold}"));

    /// <summary>A fold's run is done.</summary>
    public bool IsComplete(int fold) => RunFile.IsComplete(FolderOf(fold));

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
        string images = RunData.ImagesFingerprint(next.Data);
        for (int fold = 1; fold <= Folds; fold++)
        {
            JsonObject? begun = IsComplete(fold) ? RunFile.Read(FolderOf(fold)) : null;
            string? changed = Differs(begun?["data"]?["all_images"], images) ? "images or labels"
                : Differs(begun?["weights"]?["sha256"], next.BaseHash) ? "the base weights" : null;
            if (changed is not null)
            {
                throw new RadaptException(
                    $"{Folder}: {changed} changed since fold {fold} was trained, so that the folds do not belong together. "
                    + "Restore what was there, or start afresh with another --out.");
            }
        }

        static bool Differs(JsonNode? then, string now) => then is not null && then.ToString() != now;
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
        AtomicFile.WriteText(_folder.SplitFile, "image,patient,fold\n" + string.Concat(folds.SelectMany((run, i) => DrawnSplitTable.Tested(run.SplitFile, i + 1))));
        JsonObject[] runs = [.. folds.Select(f => RunFile.Read(f.Path)!)];
        FoldedFigure[] figures =
        [
            .. pooled.Findings.Select(f => Figure(f.Finding, f.Auroc, runs)),
            Figure("mean", pooled.MeanAuroc, runs),
        ];
        _folder.WriteRun(Report(runs, pooled, figures));
        _folder.Complete(_held);
        return new CrossValidationSummary(pooled, figures);
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
                    RunFiles.Require(RunFile.Read(run.Path)!, run.PredictionsFile, run.SplitFile, run.AdapterFile);
                }
            }
            catch (RadaptException e)
            {
                throw new RadaptException($"{e.Message.TrimEnd('.')}. Restore it from a backup, or remove {run.Path} and resume: the fold is then trained again.", e);
            }
        }
    }

    private JsonObject Report(JsonObject[] runs, MultiLabelMetrics pooled, FoldedFigure[] figures)
    {
        JsonNode? Same(string name) => runs[0][name]?.DeepClone();
        return new JsonObject
        {
            ["status"] = "complete",
            ["versions"] = Same("versions"),
            ["machine"] = Same("machine"),
            ["compute"] = Same("compute"),
            ["seed"] = Same("seed"),
            ["data"] = new JsonObject
            {
                ["images"] = runs.Sum(r => (int)r["data"]!["test"]!),
                ["matching"] = runs[0]["data"]?["matching"]?.DeepClone(),
                ["pixels"] = runs[0]["data"]?["pixels"]?.DeepClone(), // of all folds' images
                ["fingerprints"] = new JsonArray([.. runs.Select(r => r["data"]?["fingerprint"]?.DeepClone())]),
            },
            ["weights"] = Same("weights"),
            ["trainable"] = Same("trainable"),
            ["folds"] = new JsonObject
            {
                ["count"] = Folds,
                ["best_epochs"] = new JsonArray([.. runs.Select(r => r["best_epoch"]?.DeepClone())]),
                ["auroc"] = new JsonObject(figures.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Finding, new JsonObject
                {
                    ["mean"] = f.Mean,
                    ["sd"] = f.StandardDeviation,
                    ["values"] = new JsonArray([.. f.Values.Select(v => JsonValue.Create(v))]),
                }))),
            },
            ["test"] = MetricsJson.Of(pooled),
        };
    }

    private static FoldedFigure Figure(string finding, double? pooled, JsonObject[] runs)
    {
        double?[] values = [.. runs.Select(r => (double?)r["test"]?["auroc"]?[finding])];
        double[] defined = [.. values.OfType<double>()];
        double? mean = defined.Length > 0 ? defined.Average() : null;
        double? deviation = defined.Length > 1 ? Math.Sqrt(defined.Sum(v => (v - mean!.Value) * (v - mean.Value)) / (defined.Length - 1)) : null;
        return new FoldedFigure(finding, pooled, mean, deviation, values);
    }
}

/// <summary>What came out of a cross-validation.</summary>
/// <param name="Pooled">Figures of all images, each scored by the run that has not seen its patient.</param>
/// <param name="Folds">AUROC of every finding, and of their mean, over the folds.</param>
public sealed record CrossValidationSummary(MultiLabelMetrics Pooled, IReadOnlyList<FoldedFigure> Folds);

/// <summary>The AUROC of a finding over the folds.</summary>
/// <param name="Finding">Its name; <c>mean</c>: the mean over findings.</param>
/// <param name="Pooled">Of all images together.</param>
/// <param name="Mean">Mean over the folds where it is defined.</param>
/// <param name="StandardDeviation">Over those folds, with n - 1; null for fewer than two.</param>
/// <param name="Values">Of every fold; null: undefined there, for want of positives or negatives.</param>
public sealed record FoldedFigure(string Finding, double? Pooled, double? Mean, double? StandardDeviation, IReadOnlyList<double?> Values);
