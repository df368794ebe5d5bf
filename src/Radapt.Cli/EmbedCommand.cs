using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Export;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Recipes;

namespace Radapt.Cli;

/// <summary><c>radapt embed</c>: the features of images.</summary>
internal sealed class EmbedCommand : RadaptCommand
{
    private const int MostNamed = 20; // unreadable images, each with a line of its own
    private static readonly string[] s_ofRecipe = ["pooling", "image-size", "precision"];

    private readonly Argument<string> _model = new("model")
    {
        HelpName = "WEIGHTS|RUN",
        Description = "Checkpoint, weights or name of shipped weights: features of the frozen backbone. Run folder or adapter file: "
            + "features with the adapter, as the run's head reads them.",
    };
    private readonly Argument<string[]> _images = new("images")
    {
        HelpName = "IMAGES...",
        Description = "Image files, folders (PNG, JPEG and DICOM at any depth, whatever the names), or patterns such as 'scans/**/*.png'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _json;
    private readonly List<Option<string>> _recipe = [];
    private readonly Option<int> _batchSize;
    private readonly Option<int?> _threads;

    public EmbedCommand(CancellationToken interrupted)
        : base("embed", "Write the features of images as a table (.npy, .csv, .parquet), for other programs. Images that cannot be read "
            + "have no row, and the exit code is 3.")
    {
        Arguments.Add(_model);
        Arguments.Add(_images);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE",
            Description = "The table to write; its ending decides the format. The column image is the number of an image in the order of "
                + "IMAGES (files of a folder by path), from 1; for .npy it is in FILE.rows.csv. Until the table is complete, "
                + "features are in FILE.part; after an interruption, the same command continues from there.",
            Required = true,
        });
        _overwrite = AddOverwrite("the table, or unfinished features of other images");
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description = "Also write the names of the image files, in a column name, and use them in messages. Default: numbers only, "
                + "because files are often named after patients.",
        });
        _json = AddJson();
        foreach (string name in s_ofRecipe)
        {
            _recipe.Add(Add("Model", RecipeArguments.Create(RecipeOptions.Find(name)!)));
        }

        (_batchSize, _threads) = AddForwardPass("as in training; for weights the physical cores.");
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt embed MRM.pth images -o features.npy", "Features of the frozen backbone, for NumPy:"),
        ("radapt embed runs/first images -o features.parquet --plain-names", "Features of a fine-tuned model, with the names of the files:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        string table = parsed.GetRequiredValue(_out);
        string model = parsed.GetRequiredValue(_model);
        FeatureTable.RequireFormat(table);
        bool overwrite = parsed.GetValue(_overwrite);
        FoundImages found = ImagePaths.Find(parsed.GetRequiredValue(_images));
        bool hasRowsFile = Path.GetExtension(table).Equals(".npy", StringComparison.OrdinalIgnoreCase);
        string[] outputs = hasRowsFile ? [table, FeatureTable.RowsFile(table)] : [table];
        foreach (string file in outputs)
        {
            OutputFile.RequireNew(file, overwrite);
        }

        foreach (string file in outputs.Append(FeatureJournal.PathFor(table)))
        {
            OutputFile.RequireNoInput(file, "-o", [model, .. File.Exists(file) ? found.Paths : []]);
        }

        ProcessSettings.PrepareCompute();
        var terminal = new Terminal(onStandardError: true);
        using var codecs = new CodecProcess();
        var options = RecipeArguments.Layer(parsed, _recipe).Entries.ToDictionary(e => e.Option.Name, e => e.Text);
        int? threads = parsed.GetValue(_threads);
        using FeatureModel features = FeatureModel.Open(model, options, found.Paths, threads, codecs);
        ProcessSettings.UseThreads(features.Threads);
        terminal.Line($"Features: {features.Description}; {features.Width} channels");
        terminal.Notes(found.PassedOver.Line() is { } passed ? [passed] : []);
        var job = new FeatureJob
        {
            Model = features,
            Images = found.Paths,
            Table = table,
            PlainNames = parsed.GetValue(_plainNames),
            BatchSize = parsed.GetValue(_batchSize),
            LoaderThreads = features.Threads,
            Replaces = overwrite,
            Codecs = codecs,
        };
        int rows = Write(job, terminal, interrupted);
        Finish(parsed, job, rows);
        return rows < found.Paths.Count ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private static int Write(FeatureJob job, Terminal terminal, CancellationToken interrupted)
    {
        (int done, int unreadable) = (0, 0);
        try
        {
            return terminal.WithLiveLine(line =>
            {
                ImageProgress? progress = null;
                return job.Run(
                    images =>
                    {
                        done = images;
                        progress ??= new ImageProgress(terminal, line, job.Images.Count, images);
                        progress.Report(images);
                    },
                    (image, why) =>
                    {
                        if (++unreadable <= MostNamed)
                        {
                            terminal.Line($"radapt: {(job.PlainNames ? job.Images[image] : $"image {Figures.Count(image + 1)}")}: {why}");
                        }
                    },
                    interrupted);
            });
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException(
                $"interrupted; {Figures.Count(done)} of {Figures.Count(job.Images.Count)} images are done and kept in "
                    + $"{FeatureJournal.PathFor(job.Table)}. The same command continues from there.");
        }
    }

    private void Finish(ParseResult parsed, FeatureJob job, int rows)
    {
        bool json = parsed.GetValue(_json);
        int unreadable = job.Images.Count - rows;
        string failed = unreadable == 0 ? "" : $"; {Figures.Count(unreadable)} could not be read and have no row";
        new Terminal(onStandardError: json).Line(
            $"{job.Table}: {Figures.Count(rows)} of {Figures.Count(job.Images.Count)} images, {job.Model.Width} channels{failed}");
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["features"] = Path.GetFullPath(job.Table),
                ["images"] = job.Images.Count,
                ["rows"] = rows,
                ["channels"] = job.Model.Width,
            });
        }
    }
}
