using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Datasets.Phantoms;

namespace Radapt.Cli;

/// <summary><c>radapt data phantoms</c>: synthetic chest radiographs with labels, masks and reports.</summary>
internal sealed class DataPhantomsCommand : RadaptCommand
{
    private readonly Argument<string> _out = new("out")
    {
        HelpName = "OUT",
        Description = "New or empty folder, which can then be used as --data OUT.",
    };
    private readonly Option<int> _count;
    private readonly Option<int> _size;
    private readonly Option<long> _seed;
    private readonly Option<string> _difficulty;
    private readonly Option<string> _findings;
    private readonly Option<bool> _noMasks;
    private readonly Option<int> _threads;
    private readonly Option<bool> _json;

    public DataPhantomsCommand(CancellationToken interrupted)
        : base("phantoms",
            "Draw synthetic chest radiographs with findings of known position and strength: images, label table, masks, reports.")
    {
        var defaults = new PhantomOptions();
        Arguments.Add(_out);
        _count = Add("Images", new Option<int>("--count")
        {
            HelpName = "N",
            Description = $"Number of images, 10 to 100000. Default: {defaults.Count}.",
            DefaultValueFactory = _ => defaults.Count,
        });
        _size = Add("Images", new Option<int>("--size")
        {
            HelpName = "S",
            Description = $"Side in pixels, 16 to 4096. Default: {defaults.Size}.",
            DefaultValueFactory = _ => defaults.Size,
        });
        _seed = Add("Images", new Option<long>("--seed") { HelpName = "K", Description = "Seed of all random numbers. Default: 0." });
        _difficulty = Add("Images", new Option<string>("--difficulty")
        {
            HelpName = "CHOICE",
            Description = "How large findings are and how much everything else varies. One of easy, normal. Default: normal.",
            DefaultValueFactory = _ => "normal",
        });
        _findings = Add("Images", new Option<string>("--findings")
        {
            HelpName = "NAME,NAME",
            Description = $"Findings to draw, each in 30 % of the images. Default: {string.Join(",", defaults.Findings)}.",
        });
        _noMasks = Add("Output", new Option<bool>("--no-masks") { Description = "Do not write masks." });
        _threads = Add("Output", new Option<int>("--threads")
        {
            HelpName = "N",
            Description = "Threads; their number does not change the output. Default: one per processor.",
        });
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt data phantoms --count 3000 --size 128 --seed 1 phantoms", "Three thousand images in the folder phantoms:"),
        ("radapt data phantoms --difficulty easy --findings Effusion,Nodule easy", "Two findings that are easy to see:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        string folder = parsed.GetRequiredValue(_out);
        var terminal = new Terminal(onStandardError: json);
        var options = new PhantomOptions
        {
            Count = parsed.GetValue(_count),
            Size = parsed.GetValue(_size),
            Seed = parsed.GetValue(_seed),
            Difficulty = Choice<PhantomDifficulty>(parsed.GetValue(_difficulty)!, "--difficulty"),
            Findings = parsed.GetValue(_findings) is { } names
                ? [.. names.Split(',', StringSplitOptions.TrimEntries).Select(n => Choice<PhantomFinding>(n, "--findings"))
                    .Distinct().Order()]
                : new PhantomOptions().Findings,
            Masks = !parsed.GetValue(_noMasks),
            Threads = parsed.GetValue(_threads),
        };
        var watch = Stopwatch.StartNew();
        PhantomSet.Write(folder, options, cancellation: interrupted);
        double seconds = watch.Elapsed.TotalSeconds;
        terminal.Line(
            $"{Figures.Count(options.Count)} phantoms of {options.Size} x {options.Size} pixels are in {folder} "
                + $"({Figures.Count((long)(options.Count / seconds))} a second).");
        terminal.Line("labels.csv: image, patient, split, a column per finding; findings.csv: side, place, strength; reports.csv; images/"
            + (options.Masks ? "; masks/" : ""));
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["folder"] = Path.GetFullPath(folder),
                ["images"] = options.Count,
                ["size"] = options.Size,
                ["seed"] = options.Seed,
                ["findings"] = new JsonArray([.. options.Findings.Select(f => JsonValue.Create(f.ToString()))]),
                ["seconds"] = seconds,
            });
        }

        return ExitCode.Done;
    }

    private static T Choice<T>(string text, string option)
        where T : struct, Enum
    {
        string[] names = Enum.GetNames<T>();
        int found = Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (found < 0)
        {
            string[] written = typeof(T) == typeof(PhantomDifficulty) ? [.. names.Select(n => n.ToLowerInvariant())] : names;
            throw new RadaptException($"{option}: '{text}' is not one of {string.Join(", ", written)}.");
        }

        return Enum.GetValues<T>()[found];
    }
}
