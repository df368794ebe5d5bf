using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Distribution;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Options;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Runs;

namespace Radapt.Cli;

/// <summary>A kind of pre-training by masking.</summary>
internal abstract class PretrainMaskedCommand : RadaptCommand
{
    private readonly OptionCatalogue _catalogue;
    private readonly Argument<string[]> _sources;
    private readonly List<Option<string>> _recipeOptions = [];
    private readonly Option<string> _recipe;
    private readonly Option<string> _out;
    private readonly Option<bool> _resume;
    private readonly Option<bool> _json;

    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it does.</param>
    /// <param name="catalogue">Its options.</param>
    /// <param name="sources">What is learned from; its name is that of the option that it sets.</param>
    /// <param name="interrupted">Ends it.</param>
    protected PretrainMaskedCommand(
        string name, string description, OptionCatalogue catalogue, Argument<string[]> sources, CancellationToken interrupted)
        : base(name, description)
    {
        (_catalogue, _sources) = (catalogue, sources);
        Arguments.Add(sources);
        _recipe = Add("Run", new Option<string>("--recipe")
        {
            HelpName = "FILE",
            Description =
                "Take values from a recipe, such as the recipe.yaml of another pre-training. Options on the command line override it.",
        });
        _out = Add("Run", new Option<string>("--out")
        {
            HelpName = "RUN",
            Description = $"Run folder, new or empty. Default: runs/DATE-{name}.",
        });
        IEnumerable<string> places = catalogue.All.Where(o => o.MayChangeOnResume && o.Name != sources.Name)
            .Select(o => o.Name);
        _resume = Add("Run", new Option<bool>("--resume")
        {
            Description = "Resume the run in --out with its saved recipe; the result is identical to that of an uninterrupted run. "
                + $"Only {sources.HelpName!.TrimEnd('.')} (the new place) and these options may change: --{string.Join(", --", places)}.",
        });
        foreach (OptionDeclaration row in catalogue.All.Where(o => o.Name != sources.Name))
        {
            _recipeOptions.Add(Add(row.Heading, RecipeArguments.Create(row)));
        }

        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool resume = parsed.GetValue(_resume);
        bool json = parsed.GetValue(_json);
        IProcessGroup group = Ranks.Join(interrupted);
        if (group.Rank > 0)
        {
            return FollowingRank.Pretrain(group, _catalogue, interrupted);
        }

        var terminal = new Terminal(onStandardError: json);
        string folder = resume ? GivenFolder(parsed)
            : parsed.GetValue(_out)
            ?? Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyyMMdd-HHmmss}-{Name}"));
        if (resume && RunRecord.IsComplete(folder))
        {
            FollowingRank.Dismiss(group);
            terminal.Line($"{folder} is complete: nothing is left to resume.");
            return Finish(json, folder);
        }

        RecipeLayer[] layers = resume ? ResumedLayers(parsed, folder) : Layers(parsed);
        new RunFolder(folder).RequireUsable(resume);
        string allocator = ProcessSettings.PrepareCompute();
        using var codecs = new CodecProcess();
        using MaskedPretraining pretraining = LiveReport.Run(live => MaskedPretraining.Prepare(
            layers, codecs, live.Headers, group));
        pretraining.TellRecipe();
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
            ? [line, RecipeFile.Read(recipe, _catalogue).WithFullPaths(Environment.CurrentDirectory)] : [line];
    }

    // What was typed: options, and what is learned from.
    private RecipeLayer Line(ParseResult parsed)
    {
        RecipeLayer line = RecipeArguments.Layer(parsed, _recipeOptions, _catalogue);
        string[] sources = parsed.GetValue(_sources) ?? [];
        OptionDeclaration option = _catalogue.Find(_sources.Name)!;
        object value = option.IsList || sources.Length == 0 ? sources : sources.Length == 1 ? sources[0]
            : throw new RadaptException($"radapt pretrain {Name} takes one {_sources.HelpName}, not {sources.Length}: {sources[1]}.");
        return sources.Length == 0 ? line
            : new RecipeLayer(
                [new RecipeEntry(option, value, ResolvedValue.ByCommandLine, _sources.HelpName!.TrimEnd('.')), .. line.Entries], _catalogue)
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
            : File.Exists(recipe) ? [line, RecipeFile.Read(recipe, _catalogue)]
            : throw new RadaptException($"{folder}: no run to resume (no recipe.yaml). Leave --resume out to start one.");
    }

    private string GivenFolder(ParseResult parsed) => parsed.GetValue(_out)
        ?? throw new RadaptException($"--resume needs the run folder: radapt pretrain {Name} --resume --out RUN.");
}
