using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Datasets.Phantoms;
using Radapt.Recipes;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt demo</c>: the whole way on synthetic radiographs, with nothing but this program.</summary>
internal sealed class DemoCommand : RadaptCommand
{
    private const int Images = 300;
    private const int Side = 64;

    private static readonly PhantomOptions s_phantoms = new()
    {
        Count = Images,
        Size = Side,
        Difficulty = PhantomDifficulty.Easy,
        Findings = [PhantomFinding.Cardiomegaly, PhantomFinding.Effusion], // 180 images do not teach the smaller ones
        Masks = false,
    };

    // Large enough to learn from 180 images, small enough for a minute on a laptop.
    private static readonly Dictionary<string, string> s_recipe = new()
    {
        ["from-scratch"] = "true",
        ["backbone"] = "vit_tiny_patch16_224",
        ["method"] = "full",
        ["image-size"] = "32",
        ["patch-size"] = "8",
        ["depth"] = "3",
        ["width"] = "96",
        ["heads"] = "3",
        ["drop-path"] = "0",
        ["batch-size"] = "16",
        ["epochs"] = "40",
        ["lr"] = "1e-3",
        ["layer-decay"] = "1",
        ["augment"] = "none",
        ["patience"] = "0",
        ["precision"] = "float32",
        ["threads"] = "1", // matrices this small gain nothing from more
        ["plain-names"] = "true",
        ["seed"] = "0",
    };

    private readonly Option<string> _out;
    private readonly Option<bool> _json;

    public DemoCommand(CancellationToken interrupted)
        : base("demo",
            $"See Radapt work in a minute: makes {Images} synthetic radiographs, and trains and tests a small transformer on them.")
    {
        _out = Add("Output", new Option<string>("--out")
        {
            HelpName = "DIR",
            Description = "New or empty folder for images and run. Default: a new folder in the system's temporary folder, which is kept.",
        });
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt demo", "Images and run in a temporary folder:"),
        ("radapt demo --out demo --json", "In a folder of your choice, with metrics as JSON:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string folder = parsed.GetValue(_out) ?? Directory.CreateTempSubdirectory("radapt-demo-").FullName;
        string data = Path.Combine(folder, "phantoms");
        string run = Path.Combine(folder, "run");
        string allocator = ProcessSettings.PrepareCompute();
        PhantomSet.Write(data, s_phantoms, cancellation: interrupted);
        terminal.Line($"{Images} synthetic radiographs of {Side} x {Side} pixels are in {data}");
        RecipeLayer layer = RecipeLayer.From(s_recipe.Append(KeyValuePair.Create("data", Path.GetFullPath(data))), "the demo");
        using (var fineTuning = FineTuning.Prepare([layer]))
        {
            var session = new FineTuningSession(terminal, fineTuning, run) { Verbose = parsed.GetValue<bool>("--verbose") };
            session.Start(allocator, resume: false, interrupted);
            session.Run(resume: false, interrupted);
        }

        string weights = "--weights CHECKPOINT.pth --out runs/first";
        terminal.Line(
            "With your own images: write a table with the columns image, split (train, val, test) and one 0/1 column per finding, as in");
        terminal.Line($"  {Path.Combine(data, "labels.csv")}");
        terminal.Line($"and run: radapt finetune --data YOUR.csv {weights}");
        if (json)
        {
            JsonObject result = RunRecord.Read(run)!.ToJson();
            result["run"] = Path.GetFullPath(run);
            Terminal.WriteJson(result);
        }

        return ExitCode.Done;
    }
}
