using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Runs;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt predict</c>: a probability per image and finding.</summary>
internal sealed class PredictCommand : RadaptCommand
{
    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN",
        Description = "Run folder or adapter file; it knows its findings and how images are prepared.",
    };
    private readonly Argument<string[]> _images = new("images")
    {
        HelpName = "IMAGES...",
        Description = "Image files, folders (PNG, JPEG and .dcm at any depth), or patterns such as 'scans/**/*.png'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<string> _weights;
    private readonly Option<bool> _forceWeights;
    private readonly Option<int> _batchSize;
    private readonly Option<int?> _threads;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _json;

    public PredictCommand(CancellationToken interrupted)
        : base("predict", "Predict the findings of images. Those that cannot be read are named, the rest is done, and the exit code is 3.")
    {
        Arguments.Add(_run);
        Arguments.Add(_images);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.csv",
            Description = "The table to write: image, a probability per finding, error. It is there when all is done, or not at all.",
            Required = true,
        });
        _overwrite = AddOverwrite("the table", "--force");
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description =
                "Name images that cannot be read in messages, also where images are DICOM; without, messages give the table's line.",
        });
        _json = AddJson();
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Where the base weights are now. Default: where they were in training.",
        });
        _forceWeights = Add("Model", new Option<bool>("--force-weights")
        {
            Description = "Use base weights that are not those of training too, where they fit.",
        });
        _batchSize = Add("Compute", new Option<int>("--batch-size")
        {
            HelpName = "N",
            Description = "Images per forward pass. Default: 16.",
            DefaultValueFactory = _ => 16,
        });
        _threads = Add("Compute", new Option<int?>("--threads") { HelpName = "N", Description = "Threads. Default: those of training." });
        foreach (Option number in new Option[] { _batchSize, _threads })
        {
            number.Validators.Add(result =>
            {
                if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? "1", out int value) || value is < 1 or > 4096)
                {
                    result.AddError($"{number.Name} must be a whole number from 1 to 4096.");
                }
            });
        }

        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt predict runs/first images -o predictions.csv", "Every image of a folder:"),
        ("radapt predict runs/first a.png b.jpg 'ward-3/**/*.png' -o predictions.csv --overwrite",
            "Files and a pattern; an older table is replaced:"),
        ("radapt predict runs/first images -o predictions.csv --weights D:\\weights\\MRM.pth", "The base weights have moved:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        string run = parsed.GetRequiredValue(_run);
        string table = parsed.GetRequiredValue(_out);
        OutputFile.RequireNew(table, parsed.GetValue(_overwrite));
        var terminal = new Terminal(onStandardError: true);
        IReadOnlyList<string> paths = ImagePaths.Find(parsed.GetRequiredValue(_images));
        OutputFile.RequireNoInput(table, "-o", [run, parsed.GetValue(_weights), .. File.Exists(table) ? paths : []]);
        ProcessSettings.PrepareCompute();
        ComputePlan plan = RunPlan.Read(run, parsed.GetValue(_threads));
        ProcessSettings.UseThreads(plan.Threads);
        using CodecProcess codecs = PixelDecoding.Processes();
        using var predictor = Predictor.Open(run, parsed.GetValue(_weights), plan, parsed.GetValue(_forceWeights), codecs);
        terminal.Notes(new[] { predictor.OtherBase, RunRecord.UnfinishedNote(run) }.OfType<string>());

        // Messages give the line of the table that is written; the table itself names files, as whoever asked for it did.
        bool isPrivate = !parsed.GetValue(_plainNames) && paths.Any(ImagePaths.IsDicom);
        int unreadable = terminal.WithLiveLine(line =>
        {
            (int done, int failed) = (0, 0);
            PredictionTable.Write(table, predictor.Findings,
                predictor.Predict(paths, parsed.GetValue(_batchSize), plan.Threads, interrupted).Select(prediction =>
            {
                if (prediction.Error is { } error)
                {
                    failed++;
                    terminal.Line($"radapt: {(isPrivate ? $"{Path.GetFileName(table)}, line {done + 2}" : prediction.Path)}: {error}");
                }

                line($"{Figures.Count(++done)} of {Figures.Count(paths.Count)} images");
                return prediction;
            }));
            return failed;
        });

        terminal.Notes(predictor.Notes);
        Finish(json, run, table, predictor.Findings, paths.Count, unreadable, predictor.Notes);
        return unreadable > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private static void Finish(bool json, string run, string table, IReadOnlyList<string> findings, int images, int unreadable,
        IReadOnlyCollection<string> notes)
    {
        var terminal = new Terminal(onStandardError: json);
        string failed = unreadable == 0 ? "" : $"; {Figures.Count(unreadable)} could not be read (column error)";
        terminal.Line(
            $"{table}: {Figures.Count(images - unreadable)} of {Figures.Count(images)} images predicted for "
                + $"{string.Join(", ", findings)}{failed}");
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["run"] = Path.GetFullPath(run),
                ["predictions"] = Path.GetFullPath(table),
                ["findings"] = new JsonArray([.. findings.Select(f => JsonValue.Create(f))]),
                ["images"] = images,
                ["unreadable"] = unreadable,
                ["notes"] = new JsonArray([.. notes.Select(n => JsonValue.Create(n))]),
            });
        }
    }
}
