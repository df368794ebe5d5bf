using Radapt.Adaptation.Files;
using Radapt.Evaluation;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies;

namespace Radapt.Reporting;

/// <summary>A run, or a cross-validation, as its folder tells it: everything that a report shows.</summary>
internal sealed record ReportedRun
{
    /// <summary>Its folder.</summary>
    public required string Folder { get; init; }

    /// <summary>How it was made and what came out.</summary>
    public required RunRecord Record { get; init; }

    /// <summary>Its values, each with its source and reason.</summary>
    public required RecipeLayer Recipe { get; init; }

    /// <summary>Its epochs; of a cross-validation, those of every fold.</summary>
    public required IReadOnlyList<IReadOnlyList<EpochResult>> Epochs { get; init; }

    /// <summary>Labels and scores of the images that the figures come from.</summary>
    public required LabelledScores Scores { get; init; }

    /// <summary>The figures with their intervals.</summary>
    public required RunStatistics Statistics { get; init; }

    /// <summary>What the adapter says of itself; null: it is not there.</summary>
    public AdapterDescription? Adapter { get; init; }

    /// <summary>Thresholds, calibration and conformal limits; null: the run has none.</summary>
    public DecisionRules? Rules { get; init; }

    /// <summary>What <see cref="Rules"/> do on the test images; empty where these were fitted on the same images.</summary>
    public IReadOnlyList<DecisionFigures> Decisions { get; init; } = [];

    /// <summary>Show the names of files and folders.</summary>
    public bool ShowsNames { get; init; }

    /// <summary>Several runs, each tested on images that it has not seen.</summary>
    public bool IsCrossValidation => Record.Folds is not null;

    /// <summary>The figures come from validation images, since there is no test.</summary>
    public bool HasNoTest => Record is { Test: null, Folds: null };

    /// <summary>The findings.</summary>
    public IReadOnlyList<string> Findings => Scores.Findings;

    /// <summary>What the images are called that the figures come from.</summary>
    public string Tested => HasNoTest ? "validation" : "test";

    /// <summary>A value of the recipe as it would be typed; null: it has none.</summary>
    /// <param name="option">The option's name.</param>
    public string? Value(string option) => Recipe.Find(option)?.Text;

    /// <summary>
    /// Which epoch's tensors were tested; null: those of a probe, which has no epochs. Runs of older versions kept the best epoch.
    /// </summary>
    public EpochSelection? Selection => Record.Probe is not null ? null
        : Enum.TryParse(Value("select"), ignoreCase: true, out EpochSelection selection) ? selection : EpochSelection.Best;

    /// <summary>A name that says which run it is and nothing of its data.</summary>
    public string Identity => (Record.Data?.Fingerprint ?? Record.Data?.AllImages) is { Length: >= 8 } hash ? hash[..8] : "unknown";

    /// <summary>A part of the images; null: not known.</summary>
    /// <param name="name"><c>train</c>, <c>val</c>, <c>test</c> or, of a cross-validation, <c>all</c>.</param>
    public RunPart? Part(string name) => Record.Data?.Parts?.GetValueOrDefault(name);

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Of a run or a cross-validation.</param>
    /// <param name="showsNames">Show the names of files and folders.</param>
    /// <param name="threads">Threads for the intervals; 0: one per processor.</param>
    /// <exception cref="RadaptException">It is not complete, is not a fine-tuning, or a file is missing or damaged.</exception>
    public static ReportedRun Read(string folder, bool showsNames = false, int threads = 0)
    {
        var run = new RunFolder(folder);
        RunRecord record = RunRecord.Read(folder) ?? throw new RadaptException(
            $"{folder}: there is no run here (no run.json). Give the folder of a run, a cross-validation or a study.");
        if (record.Pretraining is not null)
        {
            throw new RadaptException(
                $"{folder}: is a pre-training, which has no findings to report. Give a run of radapt finetune.");
        }

        if (record.Status != RunStatus.Complete)
        {
            throw new RadaptException(
                $"{folder}: this run is not complete, so there is nothing to report. Resume it with radapt finetune --resume --out {folder}.");
        }

        RunFileHashes.Require(record, run.RecipeFile, run.PredictionsFile);
        string[] runs = record.Folds is { Count: var count } ? [.. Enumerable.Range(1, count).Select(f => FoldsFolder.FolderOf(folder, f))]
            : [folder];
        LabelledScores scores = PredictionTable.Read(run.PredictionsFile);
        if (scores.Images.Count == 0)
        {
            throw new RadaptException($"{folder}: this run has neither test nor validation images, so there are no figures to report. "
                + "radapt evaluate measures it on other images.");
        }

        RecipeLayer recipe = RecipeFile.Read(run.RecipeFile);
        string adapter = new RunFolder(runs[0]).AdapterFile;
        DecisionRules? rules = File.Exists(run.DecisionsFile)
            ? DecisionRules.Find(folder, [.. runs.Select(r => new RunFolder(r).AdapterFile)]) : null;
        return new ReportedRun
        {
            Rules = rules,
            Decisions = rules is null || record.Test is null || record.Folds is not null ? [] : DecisionFigures.Compute(scores, rules),
            Folder = run.Path,
            Record = record,
            Recipe = recipe,
            Epochs = [.. runs.Select(r => new RunFolder(r).ReadMetrics())],
            Scores = scores,
            Statistics = RunStatistics.Compute(scores, new StatisticsOptions { Threads = threads }),
            Adapter = File.Exists(adapter) ? AdapterFile.Describe(adapter) : null,
            ShowsNames = showsNames || recipe.Find("plain-names")?.Value is true,
        };
    }

    /// <summary>Findings that rank better than guessing: the whole interval of their AUROC is above .5.</summary>
    public IEnumerable<FindingStatistics> BetterThanChance() =>
        Statistics.Findings.Where(f => f.Auroc.Interval is { Lower: > ChanceAuroc });

    /// <summary>Findings that cannot be told from guessing: the interval of their AUROC holds .5, or is below.</summary>
    public IEnumerable<FindingStatistics> LikeChance() => Statistics.Findings.Where(f => f.Auroc.Interval is { Lower: <= ChanceAuroc });

    /// <summary>Findings whose AUROC has no interval.</summary>
    public IEnumerable<FindingStatistics> WithoutInterval() => Statistics.Findings.Where(f => f.Auroc.Interval is null);

    private const double ChanceAuroc = 0.5;
}
