using System.CommandLine;
using Radapt.Datasets;
using Radapt.Datasets.Checks;
using Radapt.Imaging;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;

namespace Radapt.Cli;

/// <summary><c>radapt data check</c>: what is wrong with a data set.</summary>
internal sealed class DataCheckCommand : RadaptCommand
{
    private readonly DataArguments _data = new("seed", "allow-overlap", "allow-missing-images", "split-shares");
    private readonly Option<string> _out;
    private readonly Option<bool> _overwrite;
    private readonly Option<int> _threads;
    private readonly Option<bool> _json;

    public DataCheckCommand(CancellationToken interrupted)
        : base("check",
            "Find problems in a data set: images, labels, splits, duplicates, shortcuts. The exit code is 3 if there are errors.")
    {
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.csv",
            Description = "Table to write, with one line per problem. Default: no table; the first problems of each kind are shown.",
        });
        _overwrite = AddOverwrite("the table", "--force");
        _json = AddJson();
        foreach (Option<string> option in _data.Options)
        {
            Add("Data", option);
        }

        _threads = Add("Compute", new Option<int>("--threads")
        {
            HelpName = "N",
            Description = "Threads that read images; their number does not change the result. Default: one per processor.",
        });
        _threads.Validators.Add(result =>
        {
            if (!int.TryParse(result.Tokens.SingleOrDefault()?.Value ?? "1", out int value) || value is < 1 or > 1024)
            {
                result.AddError("--threads must be a whole number from 1 to 1024.");
            }
        });
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt data check --data labels.csv -o problems.csv", "Images, labels and splits of a table:"),
        ("radapt data check --train train_1.txt --val val_list.txt --test test_list.txt --image-root all_classes", "Split lists:"),
        ("radapt data check --data scans", "A folder of images without labels:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        string? table = parsed.GetValue(_out);
        var terminal = new Terminal(onStandardError: json);
        DataOptions data = _data.Read(parsed);
        if (table is not null)
        {
            OutputFile.RequireNew(table, parsed.GetValue(_overwrite));
            OutputFile.RequireNoInput(table, "-o", data.Data, data.Train, data.Val, data.Test);
        }

        ImageLibrary.Configure();
        using var codecs = new CodecProcess();
        var options = new DataCheckOptions
        {
            Data = data,
            Threads = parsed.GetValue(_threads),
            Decoding = new DecodingOptions(Codecs: codecs),
        };
        if (data.Data is { } folder && Directory.Exists(folder) && !DataReader.HasTable(folder))
        {
            FoundImages found = ImagePaths.Find([folder]);
            terminal.Notes(new[] { found.PassedOver.Line() }.OfType<string>());
            options = options with
            {
                Data = data with { ImageRoot = folder },
                Images = [.. found.Paths.Select(i => Path.GetRelativePath(folder, i))],
            };
            terminal.Line(
                $"{data.Data} contains no labels.csv, .tsv or .xlsx, so its {Figures.Count(options.Images.Count)} "
                    + "images are checked without labels.");
        }

        DataCheckReport report = LiveReport.Run(live => DataCheck.Run(
            options with { Data = options.Data with { Headers = live.Headers } }, new Progress(live), interrupted));
        if (table is not null)
        {
            interrupted.ThrowIfCancellationRequested();
            ProblemTable.Write(table, report.Problems);
        }

        CheckDisplay.Show(terminal, report, table);
        if (json)
        {
            Terminal.WriteJson(CheckDisplay.Json(report, table));
        }

        return report.Count(ProblemSeverity.Error) > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private sealed class Progress(LiveReport report) : IProgress<DataCheckProgress>
    {
        public void Report(DataCheckProgress value) => report.Report(() =>
            $"{Figures.Count(value.Images)} of {Plural.Count(value.Total, "image")}, {Figures.Rate(value.ImagesPerSecond)} a second, "
                + $"{Figures.Duration(value.TimeLeft)} left");
    }
}
