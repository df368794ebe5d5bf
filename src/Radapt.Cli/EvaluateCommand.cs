using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Datasets;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Runs;
using Radapt.Training;
using Radapt.Training.Recipes;

namespace Radapt.Cli;

/// <summary><c>radapt evaluate</c>: the figures of a run on its own test images or on others.</summary>
internal sealed class EvaluateCommand : RadaptCommand
{
    private static readonly string[] s_dataOptions =
        ["data", "sheet", "test", "image-root", "image-column", "match", "views", "study-labels", "findings", "class-column",
            "class-labels", "keep-classes", "split-name", "split-seed", "uncertainty", "allow-missing-images", "skip-unreadable",
                "plain-names"];
    private static readonly string[] s_computeOptions = ["batch-size", "threads", "loader-threads"];

    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "Run folder, adapter file or merged weights." };
    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _split;
    private readonly Option<string> _weights;
    private readonly Option<bool> _force;
    private readonly Option<string> _roc;
    private readonly Option<string> _predictions;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public EvaluateCommand(CancellationToken interrupted)
        : base("evaluate", "Compute AUROC and average precision of a run, on its own test images or on any labelled ones.")
    {
        Arguments.Add(_run);
        AddRecipeOptions("Images (default: the run's own)", s_dataOptions);
        _split = Add("Images (default: the run's own)", new Option<string>("--split")
        {
            HelpName = "CHOICE",
            Description = "Which rows: test, val, or all rows of a table or list given here. Default: test; all where --test gives a list.",
        });
        _split.AcceptOnlyFromAmong("test", "val", "all");
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Where the base weights are now. Default: where they were in training.",
        });
        _force = Add("Model", new Option<bool>("--force")
        {
            Description = "Use base weights that are not those of training too, where they fit.",
        });
        AddRecipeOptions("Compute", s_computeOptions);
        _roc = Add("Output", new Option<string>("--roc")
        {
            HelpName = "FILE.csv",
            Description = "Write the points of every ROC curve: finding, false_positive_rate, true_positive_rate, threshold.",
        });
        _predictions = Add("Output", new Option<string>("--predictions")
        {
            HelpName = "FILE.csv",
            Description = "Write probability and label of every image and finding, under the names of the table.",
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
        Recipe recipe = RecipeResolver.Partial(layers);
        RequireWritable(parsed, recipe);
        ProcessSettings.PrepareCompute();
        ComputePlan plan = RunPlan.Read(run, given.Find("threads") is null ? null : recipe.Threads);
        ProcessSettings.UseThreads(plan.Threads);
        using CodecProcess codecs = PixelDecoding.Processes();
        using var predictor = Predictor.Open(run, parsed.GetValue(_weights), plan, parsed.GetValue(_force), codecs);
        var notes = new List<string>(new[] { predictor.OtherBase, RunRecord.UnfinishedNote(run) }.OfType<string>());
        (LabelledImages images, string what) = Images(parsed, given, layers, predictor.Findings, notes);
        terminal.Notes(notes);
        int loaderThreads = recipe.LoaderThreads > 0 ? recipe.LoaderThreads : plan.Threads;
        ScoredImages scored = terminal.WithLiveLine(line => predictor.Score(
            images, recipe.BatchSize, loaderThreads, done => line($"{Figures.Count(done)} of {Figures.Count(images.Items.Count)} images"),
                recipe.SkipUnreadable, interrupted));
        terminal.Notes(predictor.Notes);
        Write(parsed, scored);
        terminal.Line($"{run} on {what}: {Plural.Count(scored.Images.Items.Count, "image")}", strong: true);
        Figures.Show(terminal, scored.Metrics);
        Figures.ShowStudies(terminal, scored.Studies, scored.Metrics);
        if (json)
        {
            JsonObject result = RunFigures.From(scored.Metrics, scored.Studies).ToJson();
            result["run"] = Path.GetFullPath(run);
            result["data"] = what;
            result["images"] = scored.Images.Items.Count;
            result["unreadable"] = scored.Unreadable;
            result["notes"] = new JsonArray([.. predictor.Notes.Select(n => JsonValue.Create(n))]);
            Terminal.WriteJson(result);
        }

        return scored.Unreadable > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private (LabelledImages Images, string What) Images(
        ParseResult parsed, RecipeLayer given, RecipeLayer[] layers, IReadOnlyList<string> findings, List<string> notes)
    {
        string? split = parsed.GetValue(_split);
        if (given.Find("data") is { } table)
        {
            string? rows = split == "all" ? null : split ?? "test";
            string source = (string)table.Value;
            return (EvaluationImages.FromSource(source, given, findings, rows, notes), rows is null ? source : $"{source}, split {rows}");
        }

        if (given.Find("test") is { } list)
        {
            string source = (string)list.Value;
            return split is null or "all" ? (EvaluationImages.FromSource(source, given, findings, null, notes), source)
                : throw new RadaptException($"--split {split}: a list has no splits; leave --split out.");
        }

        if (split == "all")
        {
            throw new RadaptException("--split all goes with --data or --test; a run is not evaluated on the images it was trained on.");
        }

        return layers.Length > 1
            ? (EvaluationImages.FromRun(layers, split ?? "test", notes, parsed.GetValue(_run)), $"its own {split ?? "test"} images")
            : throw new RadaptException(
                $"{parsed.GetValue(_run)}: holds no recipe.yaml to find its test images by; give --data or --test.");
    }

    private void RequireWritable(ParseResult parsed, Recipe recipe)
    {
        (string Option, string? File)[] outputs = [(_roc.Name, parsed.GetValue(_roc)), (_predictions.Name, parsed.GetValue(_predictions))];
        foreach ((string option, string? file) in outputs)
        {
            if (file is not null)
            {
                OutputFile.RequireNew(file, parsed.GetValue(_overwrite), option);
                OutputFile.RequireNoInput(
                    file, option, parsed.GetRequiredValue(_run), parsed.GetValue(_weights)
                        ?? recipe.Weights, recipe.Data, recipe.Train, recipe.Val, recipe.Test);
            }
        }

        if (outputs.All(o => o.File is not null) && Path.GetFullPath(outputs[0].File!) == Path.GetFullPath(outputs[1].File!))
        {
            throw new RadaptException($"{outputs[0].File}: named by --roc and by --predictions. Give each a file of its own.");
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

    private void AddRecipeOptions(string heading, string[] names) =>
        _recipeOptions.AddRange(names.Select(n => Add(heading, RecipeArguments.Create(RecipeOptions.Find(n)!))));
}
