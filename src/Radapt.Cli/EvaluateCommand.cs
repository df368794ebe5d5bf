using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Evaluation;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt evaluate</c>: the figures of a run on its own test images or on others.</summary>
internal sealed class EvaluateCommand : RadaptCommand
{
    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN",
        Description = "Run folder, adapter file or merged weights; or the folder of a cross-validation, whose folds are averaged.",
    };
    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _split;
    private readonly Option<string> _weights;
    private readonly Option<bool> _force;
    private readonly Option<double?> _prevalence;
    private readonly Option<string> _subgroup;
    private readonly Option<string> _roc;
    private readonly Option<string> _predictions;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public EvaluateCommand(CancellationToken interrupted)
        : base("evaluate", "Compute AUROC and average precision of a run, on its own test images or on other labelled images.")
    {
        Arguments.Add(_run);
        AddRecipeOptions("Images (default: the run's own)",
            DataArguments.Declarations("train", "val", "split-shares", "allow-overlap", "check-pixels", "seed")
                .Append(OptionTable.Find((DataOptions d) => d.SkipUnreadable)));
        _split = Add("Images (default: the run's own)", new Option<string>("--split")
        {
            HelpName = "CHOICE",
            Description = "Rows to use: test, val, or all rows of a table or list given here. Default: test, or all if there are no "
                + "splits; without this option, images that the run has seen are left out.",
        });
        _split.AcceptOnlyFromAmong("test", "val", "all");
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _force = Add("Model", new Option<bool>("--force")
        {
            Description = "Accept base weights other than those used in training, if they fit.",
        });
        AddRecipeOptions("Compute",
        [
            OptionTable.Find((OptimisationOptions o) => o.BatchSize), OptionTable.Find((ComputeOptions c) => c.Threads),
            OptionTable.Find((ComputeOptions c) => c.LoaderThreads),
        ]);
        _subgroup = Add("Output", new Option<string>("--subgroup")
        {
            HelpName = "COLUMN",
            Description = "Also give the figures by group: a column of the table, or, for DICOM images, "
                + $"{string.Join(", ", DicomAttribute.Names)} from their headers. Numbers with many values are divided into thirds.",
        });
        _prevalence = Add("Output", new Option<double?>("--prevalence")
        {
            HelpName = "SHARE",
            Description = "Give predictive values for this share of patients with the finding, above 0 and below 1. Default: the share in "
                + "the images. Runs without thresholds have no predictive values.",
        });
        _prevalence.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture,
                out double share) && share is > 0 and < 1))
            {
                result.AddError("--prevalence must be a number above 0 and below 1.");
            }
        });
        _roc = Add("Output", new Option<string>("--roc")
        {
            HelpName = "FILE.csv",
            Description = "Write the points of every ROC curve, with columns finding, false_positive_rate, true_positive_rate, threshold.",
        });
        _predictions = Add("Output", new Option<string>("--predictions")
        {
            HelpName = "FILE.csv",
            Description = "Write probability and label of every image and finding. Images are named as in the table.",
        });
        _overwrite = AddOverwrite("the files of --roc and --predictions");
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt evaluate runs/first", "On the run's own test images:"),
        ("radapt evaluate runs/first --data other-hospital.csv --split all --roc roc.csv",
            "On another hospital's images, with ROC curves:"),
        ("radapt evaluate runs/first --test test.txt --image-root images --json", "On a split list, for a program:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string run = parsed.GetRequiredValue(_run);
        RecipeLayer given = RecipeArguments.Layer(parsed, _recipeOptions);
        string file = Path.Combine(run, "recipe.yaml");
        RecipeLayer[] layers = File.Exists(file) ? [given, RecipeFile.Read(file)] : [given];
        var recipe = PartialRecipe.Merge(layers);
        RequireWritable(parsed, recipe);
        ProcessSettings.PrepareCompute();
        int? threads = given.Find(OptionTable.Find((ComputeOptions c) => c.Threads).Name)?.Value as int?;
        (string Run, ComputePlan Plan)[] runs = [.. FoldedRuns.Expand(run).Select(r => (r, RunPlan.Read(r, threads)))];
        ComputePlan plan = runs[0].Plan;
        ProcessSettings.UseThreads(plan.Threads);
        using var codecs = new CodecProcess();
        using Ensemble models = Ensemble.Open(runs, parsed.GetValue(_weights), parsed.GetValue(_force), codecs);
        DecisionRules? rules = DecisionRules.Find(run, [.. runs.Select(r => AdapterFile.Locate(r.Run))]);
        var notes = new List<string>(models.Members.Select(m => m.OtherBase).Append(RunRecord.UnfinishedNote(run)).OfType<string>());
        (LabelledImages images, string what) = Images(parsed, given, layers, models.Findings, notes);
        bool leavesOutSeen = parsed.GetValue(_split) is null && (given.Find("data") is not null || given.Find("test") is not null);
        (images, SeenCounts? seen) = RunSeenImages.Look([.. runs.Select(r => r.Run)], images, leavesOutSeen, notes);
        images = Grouped(parsed, images);
        terminal.Notes(notes);
        int loaderThreads = recipe.Value((ComputeOptions c) => c.LoaderThreads, plan.Threads);
        int batchSize = recipe.Value((OptimisationOptions o) => o.BatchSize);
        ScoredImages scored = terminal.WithLiveLine(line =>
        {
            var progress = new ImageProgress(terminal, line, images.Items.Count);
            return models.Score(images, batchSize, loaderThreads, progress.Report, recipe.Data.SkipUnreadable.Fraction, interrupted);
        });
        terminal.Notes(models.Notes);
        Write(parsed, scored);
        terminal.Line($"{run} on {what}: {Plural.Count(scored.Images.Items.Count, "image")}{seen?.Warning()}", strong: true);
        var table = LabelledScores.From(scored, name => name);
        RunStatistics statistics = RunStatistics.Compute(table);
        Figures.Show(terminal, statistics);
        Figures.ShowStudies(terminal, statistics);
        IReadOnlyList<DecisionFigures> decisions = rules is null ? [] : DecisionFigures.Compute(table, rules);
        if (rules is not null)
        {
            DecisionDisplay.Show(terminal, decisions, rules, parsed.GetValue(_prevalence));
        }

        IReadOnlyList<Subgroup> subgroups = Group(parsed) is { } column
            ? Subgroup.Compute(table, [.. scored.Images.Items.Select(i => i.Group)], column) : [];
        Figures.Show(terminal, subgroups, Group(parsed));
        if (json)
        {
            JsonObject result = statistics.ToFigures().ToJson();
            result["run"] = Path.GetFullPath(run);
            result["data"] = what;
            result["images"] = scored.Images.Items.Count;
            result["unreadable"] = scored.Unreadable;
            result["seen"] = seen?.ToJson();
            result["subgroups"] = subgroups.Count == 0 ? null : new JsonObject
            {
                ["column"] = Group(parsed),
                ["groups"] = new JsonObject(subgroups.Select(g =>
                    KeyValuePair.Create<string, JsonNode?>(g.Name, g.Statistics.ToFigures().ToJson()))),
            };
            result["decisions"] = rules is null ? null : new JsonObject
            {
                ["fitted_on"] = rules.Source,
                ["findings"] = new JsonObject(decisions.Select(d =>
                    KeyValuePair.Create<string, JsonNode?>(d.Rules.Finding, d.ToJson(parsed.GetValue(_prevalence))))),
            };
            result["notes"] = new JsonArray([.. notes.Concat(models.Notes).Select(n => JsonValue.Create(n))]);
            Terminal.WriteJson(result);
        }

        return scored.Unreadable > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private (LabelledImages Images, string What) Images(
        ParseResult parsed, RecipeLayer given, RecipeLayer[] layers, IReadOnlyList<string> findings, List<string> notes)
    {
        string? split = parsed.GetValue(_split);
        if (given.Find(OptionTable.Find((DataOptions d) => d.Data).Name) is { } table)
        {
            string? rows = split == "all" ? null : split ?? "test";
            string source = (string)table.Value!;
            LabelledImages images = EvaluationImages.FromSource(
                source, given, findings, rows, notes, allWithoutSplits: split is null, Group(parsed));
            return (images, split is null or "all" ? source : $"{source}, split {rows}");
        }

        if (given.Find(OptionTable.Find((DataOptions d) => d.Test).Name) is { } list)
        {
            string source = (string)list.Value!;
            return split is null or "all"
                ? (EvaluationImages.FromSource(source, given, findings, null, notes, group: Group(parsed)), source)
                : throw new RadaptException($"--split {split}: a list has no splits; leave --split out.");
        }

        if (split == "all")
        {
            throw new RadaptException("--split all needs --data or --test; a run is not evaluated on the images it was trained on.");
        }

        if (FoldedRuns.Is(parsed.GetRequiredValue(_run)))
        {
            string folds = parsed.GetRequiredValue(_run);
            throw new RadaptException(
                $"{folds}: the figures of this cross-validation, each image scored by the run that has not seen it, are in its run.json. "
                    + "Give other images with --data or --test; they are scored by the mean of the folds.");
        }

        return layers.Length > 1
            ? (EvaluationImages.FromRun(layers, split ?? "test", notes, parsed.GetValue(_run), Group(parsed)),
                $"its own {split ?? "test"} images")
            : throw new RadaptException(
                $"{parsed.GetValue(_run)}: there is no recipe.yaml that names test images; give --data or --test.");
    }

    private string? Group(ParseResult parsed) => parsed.GetValue(_subgroup);

    // With the values of the table's column, else of the headers of the images; refused before anything is scored.
    private LabelledImages Grouped(ParseResult parsed, LabelledImages images)
    {
        if (Group(parsed) is not { } column)
        {
            return images;
        }

        if (images.Items.All(i => i.Group is null) && DicomAttribute.IsKnown(column))
        {
            images = images with
            {
                Items = [.. images.Items.AsParallel().AsOrdered().Select(i => i with { Group = DicomAttribute.Read(i.Path, column) })],
            };
        }

        return images.Items.Any(i => i.Group is not null) ? images
            : throw new RadaptException($"--subgroup {column}: no image has a value of it.");
    }

    private void RequireWritable(ParseResult parsed, PartialRecipe recipe)
    {
        (string Option, string? File)[] outputs = [(_roc.Name, parsed.GetValue(_roc)), (_predictions.Name, parsed.GetValue(_predictions))];
        foreach ((string option, string? file) in outputs)
        {
            if (file is not null)
            {
                OutputFile.RequireNew(file, parsed.GetValue(_overwrite), option);
                OutputFile.RequireNoInput(
                    file, option, parsed.GetRequiredValue(_run), parsed.GetValue(_weights)
                        ?? recipe.Value((ModelOptions m) => m.Weights), recipe.Data.Data, recipe.Data.Train, recipe.Data.Val,
                    recipe.Data.Test);
            }
        }

        if (outputs.All(o => o.File is not null) && Path.GetFullPath(outputs[0].File!) == Path.GetFullPath(outputs[1].File!))
        {
            throw new RadaptException($"{outputs[0].File}: named by both --roc and --predictions. Give each its own file.");
        }
    }

    private void Write(ParseResult parsed, ScoredImages scored)
    {
        if (parsed.GetValue(_roc) is { } roc)
        {
            RocTable.Write(roc, scored);
        }

        if (parsed.GetValue(_predictions) is { } predictions)
        {
            PredictionTable.Write(predictions, scored, name => name);
        }
    }

    private void AddRecipeOptions(string heading, IEnumerable<OptionDeclaration> options) =>
        _recipeOptions.AddRange(options.Select(o => Add(heading, RecipeArguments.Create(o))));
}
