using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary><c>radapt pretrain mae</c>: masked autoencoding of unlabelled images.</summary>
internal sealed class PretrainMaeCommand : RadaptCommand
{
    private readonly Argument<string[]> _images = new("images")
    {
        HelpName = "IMAGES...",
        Description = "Image files, folders (PNG, JPEG and DICOM at any depth, whatever the names), or patterns such as 'scans/**/*.png'. "
            + "Labels are not needed.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _recipe;
    private readonly Option<string> _out;
    private readonly Option<bool> _resume;
    private readonly Option<bool> _json;

    public PretrainMaeCommand(CancellationToken interrupted)
        : base("mae", "Pre-train a vision transformer as a masked autoencoder (He et al. 2022): it learns to predict hidden patches of "
            + "unlabelled images. Writes a run folder that finetune --weights takes.")
    {
        Arguments.Add(_images);
        _recipe = Add("Run", new Option<string>("--recipe")
        {
            HelpName = "FILE",
            Description =
                "Take values from a recipe, such as the recipe.yaml of another pre-training. Options on the command line override it.",
        });
        _out = Add("Run", new Option<string>("--out")
        {
            HelpName = "RUN",
            Description = "Run folder, new or empty. Default: runs/DATE-mae.",
        });
        IEnumerable<string> places = PretrainingRecipe.Catalogue.All.Where(o => o.MayChangeOnResume && o.Name != "images")
            .Select(o => o.Name);
        _resume = Add("Run", new Option<bool>("--resume")
        {
            Description = "Resume the run in --out with its saved recipe; the result is identical to that of an uninterrupted run. "
                + $"Only IMAGES (their new place) and these options may change: --{string.Join(", --", places)}.",
        });
        foreach (OptionDeclaration row in PretrainingRecipe.Catalogue.All.Where(o => o.Name != "images"))
        {
            _recipeOptions.Add(Add(row.Heading, RecipeArguments.Create(row)));
        }

        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt pretrain mae archive --out runs/mae", "A ViT-B/16 from random weights on the radiographs of a folder:"),
        ("radapt pretrain mae archive --weights mae_pretrain_vit_base.pth --out runs/mae", "Go on from weights of photographs:"),
        ("radapt pretrain mae archive 'more/**/*.png' --backbone vit_small_patch16_224 --image-size 128 --exclude test.csv "
            + "--probe labels.csv --out runs/mae",
            "A small backbone, without the images of a test set, and with a measure of how useful it is:"),
        ("radapt finetune --data labels.csv --weights runs/mae --out runs/first", "Fine-tune what was pre-trained:"),
        ("radapt pretrain mae --resume --out runs/mae", "Resume after an interruption:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool resume = parsed.GetValue(_resume);
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string folder = resume ? GivenFolder(parsed)
            : parsed.GetValue(_out)
            ?? Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd-HHmmss}-mae"));
        if (resume && RunRecord.IsComplete(folder))
        {
            terminal.Line($"{folder} is complete: nothing is left to resume.");
            return Finish(json, folder);
        }

        RecipeLayer[] layers = resume ? ResumedLayers(parsed, folder) : Layers(parsed);
        new RunFolder(folder).RequireUsable(resume);
        string allocator = ProcessSettings.PrepareCompute();
        using CodecProcess codecs = PixelDecoding.Processes();
        using MaskedPretraining pretraining = LiveReport.Run(live => MaskedPretraining.Prepare(layers, codecs, live.Headers));
        var session = new PretrainingSession(terminal, pretraining, folder) { Verbose = parsed.GetValue<bool>("--verbose") };
        session.Start(allocator, resume, interrupted);
        session.Run(resume, interrupted);
        return Finish(json, folder);
    }

    private static int Finish(bool json, string folder)
    {
        if (json)
        {
            JsonObject result = RunRecord.Read(folder)!.ToJson();
            result["run"] = Path.GetFullPath(folder);
            Terminal.WriteJson(result);
        }

        return ExitCode.Done;
    }

    private RecipeLayer[] Layers(ParseResult parsed)
    {
        RecipeLayer line = Line(parsed);
        return parsed.GetValue(_recipe) is { } recipe
            ? [line, RecipeFile.Read(recipe, PretrainingRecipe.Catalogue).WithFullPaths(Environment.CurrentDirectory)] : [line];
    }

    // What was typed: options, and the images.
    private RecipeLayer Line(ParseResult parsed)
    {
        RecipeLayer line = RecipeArguments.Layer(parsed, _recipeOptions, PretrainingRecipe.Catalogue);
        string[] images = parsed.GetValue(_images) ?? [];
        OptionDeclaration option = PretrainingRecipe.Catalogue.Find("images")!;
        return images.Length == 0 ? line
            : new RecipeLayer([new RecipeEntry(option, images, "command line", "IMAGES"), .. line.Entries], PretrainingRecipe.Catalogue)
                .WithFullPaths(Environment.CurrentDirectory);
    }

    private RecipeLayer[] ResumedLayers(ParseResult parsed, string folder)
    {
        RecipeLayer line = Line(parsed);
        string recipe = new RunFolder(folder).RecipeFile;
        string? other = parsed.GetValue(_recipe) is null
            ? line.Entries.FirstOrDefault(e => !e.Option.MayChangeOnResume)?.Where : "--recipe";
        return other is not null
            ? throw new RadaptException(
                $"{other} cannot be changed by --resume: a run goes on by its own recipe. Leave it out, or start another "
                + $"run with --recipe {recipe}.")
            : File.Exists(recipe) ? [line, RecipeFile.Read(recipe, PretrainingRecipe.Catalogue)]
            : throw new RadaptException($"{folder}: no run to resume (no recipe.yaml). Leave --resume out to start one.");
    }

    private string GivenFolder(ParseResult parsed) => parsed.GetValue(_out)
        ?? throw new RadaptException("--resume needs the run folder: radapt pretrain mae --resume --out RUN.");
}
