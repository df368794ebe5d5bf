using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Distribution;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Recipes;
using Radapt.Reporting;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt finetune</c>.</summary>
internal sealed class FineTuneCommand : RadaptCommand
{
    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _recipe;
    private readonly Option<string> _out;
    private readonly Option<bool> _resume;
    private readonly Option<bool> _json;

    public FineTuneCommand(CancellationToken interrupted)
        : base("finetune", "Fine-tune a backbone on labelled images. Writes a run folder with the adapter, metrics and predictions.")
    {
        _recipe = Add("Run", new Option<string>("--recipe")
        {
            HelpName = "FILE|NAME",
            Description =
                "Take values from a recipe: a YAML file, such as a run's recipe.yaml, or a built-in one, such as mrm-nih-1-lora. "
                    + "Options on the command line override it.",
        });
        _out = Add("Run", new Option<string>("--out")
        {
            HelpName = "RUN",
            Description = "Run folder, new or empty. Default: runs/DATE-METHOD-DATA.",
        });
        IEnumerable<string> places = RecipeOptions.All.Where(o => o.MayChangeOnResume).Select(o => o.Name);
        _resume = Add("Run", new Option<bool>("--resume")
        {
            Description = "Resume the run in --out with its saved recipe; the result is identical to that of an uninterrupted run. "
                + $"Only these options may change: --{string.Join(", --", places)}.",
        });
        foreach (OptionDeclaration row in RecipeOptions.All)
        {
            _recipeOptions.Add(Add(row.Heading, RecipeArguments.Create(row)));
        }

        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt finetune --data labels.csv --weights MRM.pth --out runs/first",
            "LoRA on a table with the columns image, split and one 0/1 column per finding:"),
        ("radapt finetune --data labels.csv --weights MRM.pth --method full --label-fraction 10%",
            "Full fine-tuning with a tenth of the labels:"),
        ("radapt finetune --train train.txt --val val.txt --test test.txt --image-root images --findings Effusion,Mass --weights MRM.pth",
            "Split lists:"),
        ("radapt finetune --recipe mrm-nih-1-lora --train train_1.txt --val val.txt --test test.txt --image-root images --weights MRM.pth",
            "The paper's settings:"),
        ("radapt finetune --data findings.xlsx --image-root export --folds 5 --weights MRM.pth --out runs/folds",
            "DICOM files and a spreadsheet, cross-validated:"),
        ("radapt finetune --resume --out runs/first", "Resume after an interruption:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool resume = parsed.GetValue(_resume);
        bool json = parsed.GetValue(_json);
        bool verbose = parsed.GetValue<bool>("--verbose");
        IProcessGroup group = Ranks.Join(interrupted);
        if (group.Rank > 0)
        {
            return FollowingRank.FineTune(group, interrupted);
        }

        var terminal = new Terminal(onStandardError: json);
        if (resume && RunRecord.IsComplete(GivenFolder(parsed)))
        {
            FollowingRank.Dismiss(group);
            terminal.Line($"{GivenFolder(parsed)} is complete: nothing is left to resume.");
            return Finish(terminal, json, GivenFolder(parsed));
        }

        RecipeLayer[] layers = resume ? ResumedLayers(parsed) : Layers(parsed);
        RunPlaces.Require(layers, resume ? GivenFolder(parsed) : parsed.GetValue(_out), resume);
        string allocator = ProcessSettings.PrepareCompute();
        if (CrossValidation.IsAsked(layers))
        {
            if (group.Size > 1)
            {
                throw new RadaptException(
                    "--folds trains one run after the other and does not divide them among ranks yet: start radapt without mpirun.");
            }

            string? given = resume ? GivenFolder(parsed) : parsed.GetValue(_out);
            string all = new FoldsSession(terminal, layers, allocator, verbose).Run(given, resume, interrupted);
            WriteReport(terminal, all);
            return Finish(terminal, json, all);
        }

        using var codecs = new CodecProcess();
        using FineTuning fineTuning = LiveReport.Run(live => FineTuning.PrepareTelling(
            layers, codecs, live.Headers, group: group));
        fineTuning.TellRecipe();
        string folder = resume ? GivenFolder(parsed) : parsed.GetValue(_out) ?? RunNames.Default(fineTuning.Recipe, DateTime.Now);
        var session = new FineTuningSession(terminal, fineTuning, folder) { Verbose = verbose, ResumedFrom = resume ? folder : null };
        session.Start(allocator, resume, interrupted);
        session.Run(resume, interrupted);
        WriteReport(terminal, folder);
        return Finish(terminal, json, folder);
    }

    // The run is complete whatever becomes of its page.
    private static void WriteReport(Terminal terminal, string folder)
    {
        try
        {
            string page = Report.Create(folder, new ReportOptions()).Write();
            terminal.Line($"Report: {page} (open it in a browser)");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            terminal.Notes([$"the page report.html could not be written ({e.Message}). Once the cause is gone: radapt report "
                + FineTuningSession.Quoted(folder)]);
        }
    }

    // A run whose table lost rows to files that are not radiographs, or cannot be read, ends with the exit code that says so.
    private static int Finish(Terminal terminal, bool json, string folder)
    {
        RunRecord run = RunRecord.Read(folder)!;
        if (run.LeftImagesOut)
        {
            terminal.Line($"Left out: {LeftOut(run)}. The exit code is therefore {ExitCode.DoneInPart}.");
        }

        if (json)
        {
            JsonObject result = run.ToJson();
            result["run"] = Path.GetFullPath(folder);
            Terminal.WriteJson(result);
        }

        return run.LeftImagesOut ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private static string LeftOut(RunRecord run)
    {
        (int rows, int images) = (run.Data?.Matching?.RefusedRows ?? 0, run.Data?.Pixels?.Unreadable ?? 0);
        string[] what =
        [
            .. rows == 0 ? [] : new[] { $"{Plural.Count(rows, "row")} whose file is not a radiograph or has a damaged header" },
            .. images == 0 ? [] : new[] { $"{Plural.Count(images, "image")} that cannot be read (unreadable.csv in the run folder)" },
        ];
        return string.Join(", ", what);
    }

    private RecipeLayer[] Layers(ParseResult parsed)
    {
        RecipeLayer line = RecipeArguments.Layer(parsed, _recipeOptions);
        return parsed.GetValue(_recipe) is { } recipe
            ? [line, RecipeFile.Open(recipe).WithFullPaths(Environment.CurrentDirectory)] : [line];
    }

    private RecipeLayer[] ResumedLayers(ParseResult parsed)
    {
        RecipeLayer line = RecipeArguments.Layer(parsed, _recipeOptions);
        string? other = parsed.GetValue(_recipe) is null
            ? line.Entries.FirstOrDefault(e => !e.Option.MayChangeOnResume)?.Where : "--recipe";
        if (other is not null)
        {
            throw new RadaptException(
                $"{other} cannot be changed with --resume: a run is resumed with its own recipe. Leave it "
                    + "out, or start another run with --recipe "
                    + $"{Path.Combine(GivenFolder(parsed), "recipe.yaml")}.");
        }

        string recipe = Path.Combine(GivenFolder(parsed), "recipe.yaml");
        return File.Exists(recipe) ? [line, RecipeFile.ReadBegun(recipe)]
            : throw new RadaptException(
                $"{GivenFolder(parsed)}: there is no run to resume (no recipe.yaml). Leave --resume out to start one.");
    }

    private string GivenFolder(ParseResult parsed) => parsed.GetValue(_out)
        ?? throw new RadaptException("--resume needs the run folder: radapt finetune --resume --out RUN.");
}
