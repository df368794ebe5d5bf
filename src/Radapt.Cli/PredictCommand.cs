using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Adaptation.Files;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Runs.Predictions;
using Radapt.Studies;

namespace Radapt.Cli;

/// <summary><c>radapt predict</c>: a probability per image and finding.</summary>
internal sealed class PredictCommand : RadaptCommand
{
    private const int MostNamed = 20; // unreadable images, each with a line of its own

    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN",
        Description = "Run folder or adapter file, which stores the findings and how to prepare images. For the folder of a "
            + "cross-validation, the folds are averaged.",
    };
    private readonly Argument<string[]> _images = new("images")
    {
        HelpName = "IMAGES...",
        Description = "Image files, folders (PNG, JPEG and DICOM at any depth, whatever the names), or patterns such as 'scans/**/*.png'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out;
    private readonly Option<string> _format;
    private readonly Option<string> _columns;
    private readonly Option<bool> _overwrite;
    private readonly Option<string> _threshold;
    private readonly Option<string[]> _with;
    private readonly Option<string> _weights;
    private readonly Option<bool> _forceWeights;
    private readonly Option<bool> _scoreAll;
    private readonly Option<int> _batchSize;
    private readonly Option<int?> _threads;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _json;

    public PredictCommand(CancellationToken interrupted)
        : base("predict", "Predict the findings of images. Images that cannot be read, or that the model was not trained for (CT, other "
            + "views, blank images, …), get no probability; the other images are predicted, and the exit code is 3.")
    {
        Arguments.Add(_run);
        Arguments.Add(_images);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE",
            Description = "The table to write (.csv, .xlsx, .json): image, a probability per finding, status, reason. If "
                + "the run has thresholds, also FINDING.calibrated (calibrated probability), FINDING.decision, and FINDING.answer, which "
                + "may be 'uncertain'. Until the table is complete, its rows are in FILE.part; after an interruption, the same command continues from there.",
            Required = true,
        });
        _format = Add("Output", new Option<string>("--format")
        {
            HelpName = "CHOICE",
            Description = $"One of {string.Join(", ", PredictionFormats.Names)}; csv-semicolon has decimal commas, as a German "
                + "Excel expects. Default: by the extension of FILE, else csv.",
        });
        _format.AcceptOnlyFromAmong([.. PredictionFormats.Names]);
        _columns = Add("Output", new Option<string>("--columns")
        {
            HelpName = "NAMES",
            Description = $"Also write these columns from DICOM headers: {string.Join(',', PredictionColumn.Names)}. Most of them "
                + "identify the patient.",
        });
        _threshold = Add("Output", new Option<string>("--threshold")
        {
            HelpName = "CHOICE",
            Description = "The threshold of the column FINDING.decision, chosen on validation or out-of-fold images when the run was "
                + "trained: youden (sensitivity + specificity is largest), sensitivity (at least 90 %), or specificity (at least 90 %). "
                + "Default: youden. Runs with too few such images have no thresholds.",
            DefaultValueFactory = _ => "youden",
        });
        _threshold.AcceptOnlyFromAmong("youden", "sensitivity", "specificity");
        _overwrite = AddOverwrite("the table, or an unfinished table of other images", "--force");
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description =
                "Name unreadable images in messages. Default: messages give the line of the table, because files are often named after "
                    + "patients.",
        });
        _json = AddJson();
        _with = Add("Model", new Option<string[]>("--with")
        {
            HelpName = "RUN",
            Description = "Another run; may be repeated. The probabilities are averaged, and the columns FINDING.sd contain their standard "
                + "deviation. All runs must have the same findings.",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
        });
        _weights = Add("Model", new Option<string>("--weights")
        {
            HelpName = "FILE",
            Description = "Path of the base weights. Default: their path during training.",
        });
        _forceWeights = Add("Model", new Option<bool>("--force-weights")
        {
            Description = "Accept base weights other than those used in training, if they fit.",
        });
        _scoreAll = Add("Model", new Option<bool>("--score-all")
        {
            Description = "Score every readable image, even if the model was not trained for such images; status is then scored-anyway.",
        });
        (_batchSize, _threads) = AddForwardPass("as in training.");
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt predict runs/first images -o predictions.csv", "Every image of a folder:"),
        ("radapt predict runs/folds export -o predictions.xlsx --columns accession,date",
            "The mean of a cross-validation's folds, as a workbook, with columns from DICOM headers:"),
        ("radapt predict runs/first a.png b.jpg 'ward-3/**/*.png' -o predictions.csv --overwrite",
            "Files and a pattern, replacing an older table:"),
        ("radapt predict runs/first images -o predictions.csv --format csv-semicolon", "For Excel where numbers have decimal commas:"),
        ("radapt predict runs/first images -o predictions.csv --weights D:\\weights\\MRM.pth", "The base weights have moved:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        string table = parsed.GetRequiredValue(_out);
        bool overwrite = parsed.GetValue(_overwrite);
        OutputFile.RequireNew(table, overwrite);
        PredictionFormat format = PredictionFormats.Choose(parsed.GetValue(_format), table);
        IReadOnlyList<string> columns = PredictionColumn.Parse(parsed.GetValue(_columns));
        var terminal = new Terminal(onStandardError: true);
        string[] named = [parsed.GetRequiredValue(_run), .. parsed.GetValue(_with)!];
        string[] runs = [.. named.SelectMany(FoldedRuns.Expand)];
        FoundImages found = ImagePaths.Find(parsed.GetRequiredValue(_images));
        foreach (string file in new[] { table, PredictionJournal.PathFor(table) })
        {
            OutputFile.RequireNoInput(file, "-o", [.. runs, parsed.GetValue(_weights), .. File.Exists(file) ? found.Paths : []]);
        }

        ProcessSettings.PrepareCompute();
        (string Run, ComputePlan Plan)[] planned = [.. runs.Select(r => (r, RunPlan.Read(r, parsed.GetValue(_threads))))];
        ProcessSettings.UseThreads(planned[0].Plan.Threads);
        using CodecProcess codecs = PixelDecoding.Processes();
        using Ensemble models = Ensemble.Open(planned, parsed.GetValue(_weights), parsed.GetValue(_forceWeights), codecs);
        var job = new PredictionJob
        {
            Models = models,
            Runs = planned,
            Weights = parsed.GetValue(_weights),
            Images = found.Paths,
            Table = table,
            Format = format,
            Columns = columns,
            Rules = named.Length > 1 ? null : DecisionRules.Find(named[0], [.. runs.Select(AdapterFile.Locate)]),
            Threshold = Enum.Parse<ThresholdRule>(parsed.GetRequiredValue(_threshold), ignoreCase: true),
            ScoreAll = parsed.GetValue(_scoreAll),
            BatchSize = parsed.GetValue(_batchSize),
            LoaderThreads = planned[0].Plan.Threads,
            Replaces = overwrite,
        };
        string[] before = [.. Before(models, named, found, job)];
        terminal.Notes(before);
        PredictionSummary summary = Predict(parsed, job, terminal, interrupted);
        terminal.Notes(models.Notes);
        Finish(parsed, job, named, found, summary, [.. before, .. models.Notes]);
        return summary.Scored < summary.Images ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private static IEnumerable<string> Before(Ensemble models, IEnumerable<string> named, FoundImages found, PredictionJob job)
    {
        IEnumerable<string?> lines =
        [
            .. models.Members.Select(m => m.OtherBase).Distinct(), .. named.Select(RunRecord.UnfinishedNote), found.PassedOver.Line(),
            models.Members.Any(m => m.Adapter.Accepts is null)
                ? "an earlier version of radapt made this run, so it does not say which images it was trained for: the "
                    + "rules for frontal chest radiographs apply." : null,
            job.Rules?.FittedOn != DecisionRules.OutOfFoldImages ? null
                : "the columns calibrated, decision and answer follow single folds (out-of-fold images); the mean of the folds, which they "
                    + "are used for, may be a little less extreme.",
            job.ScoreAll ? "--score-all: images that the model was not trained for are scored, too (status scored-anyway)." : null,
            job.Columns.Count > 0 ? $"{job.Table} has columns from DICOM headers that identify patients: {string.Join(", ", job.Columns)}."
                : null,
        ];
        return lines.OfType<string>();
    }

    private PredictionSummary Predict(ParseResult parsed, PredictionJob job, Terminal terminal, CancellationToken interrupted)
    {
        // Messages give the line of the table that is written; the table itself names files, as whoever asked for it did.
        bool isPrivate = !parsed.GetValue(_plainNames);
        (int done, int unreadable) = (0, 0);
        try
        {
            return terminal.WithLiveLine(line =>
            {
                var progress = new ImageProgress(terminal, line, job.Images.Count);
                return job.Run(
                    rows =>
                    {
                        done = rows;
                        progress = new ImageProgress(terminal, line, job.Images.Count, rows);
                        if (rows > 0)
                        {
                            terminal.Line(
                                $"Note: continues after {Figures.Count(rows)} of {Figures.Count(job.Images.Count)} images, which an "
                                + "earlier session completed.");
                        }
                    },
                    (number, row) =>
                    {
                        done = number + 1;
                        if (row.Status == PredictionStatus.Unreadable && ++unreadable <= MostNamed)
                        {
                            terminal.Line($"radapt: {(isPrivate ? Place(job, number) : row.Image)}: {row.Reason}");
                        }

                        progress.Report(done);
                    },
                    interrupted);
            });
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException(
                $"interrupted; {Figures.Count(done)} of {Figures.Count(job.Images.Count)} images are done and kept in "
                    + $"{PredictionJournal.PathFor(job.Table)}. The same command continues from there.");
        }
    }

    private static string Place(PredictionJob job, int number) => $"{Path.GetFileName(job.Table)}, " + job.Format switch
    {
        PredictionFormat.Xlsx => $"row {number + 2}",
        PredictionFormat.Json => $"image {number + 1}",
        _ => $"line {number + 2}",
    };

    private void Finish(ParseResult parsed, PredictionJob job, string[] named, FoundImages found, PredictionSummary summary,
        IReadOnlyCollection<string> notes)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        IReadOnlyList<string> findings = job.Models.Findings;
        string mean = job.Runs.Count > 1 ? $", the mean of {job.Runs.Count} runs" : "";
        string refused = summary.Refused == 0 ? "" : $"; {Figures.Count(summary.Refused)} refused";
        string failed = summary.Unreadable == 0 ? "" : $"; {Figures.Count(summary.Unreadable)} could not be read";
        if (summary.Reasons.Any())
        {
            terminal.Line(job.ScoreAll ? "Scored, although the model was not trained for such images:"
                : "Refused, because the model was not trained for such images (--score-all scores them anyway):");
            terminal.Rows(["images", "reason"], summary.Reasons.Select(r => new[] { Figures.Count(r.Images), r.Reason }), 0);
        }

        terminal.Line(
            $"{job.Table}: {Figures.Count(summary.Scored)} of {Figures.Count(summary.Images)} images predicted for "
                + $"{string.Join(", ", findings)}{mean}{refused}{failed}{(refused + failed == "" ? "" : " (columns status and reason)")}");
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["run"] = Path.GetFullPath(named[0]),
                ["runs"] = new JsonArray([.. job.Runs.Select(r => JsonValue.Create(Path.GetFullPath(r.Run)))]),
                ["predictions"] = Path.GetFullPath(job.Table),
                ["findings"] = new JsonArray([.. findings.Select(f => JsonValue.Create(f))]),
                ["images"] = summary.Images,
                ["scored"] = summary.Scored,
                ["refused"] = summary.Refused,
                ["scored_anyway"] = summary.ScoredAnyway,
                ["unreadable"] = summary.Unreadable,
                ["score_all"] = job.ScoreAll,
                ["reasons"] = new JsonObject(summary.Reasons.Select(r => KeyValuePair.Create<string, JsonNode?>(r.Reason, r.Images))),
                ["passed_over"] = new JsonObject(
                    found.PassedOver.Kinds.Select(k => KeyValuePair.Create<string, JsonNode?>(k.Key, k.Value))),
                ["notes"] = new JsonArray([.. notes.Select(n => JsonValue.Create(n))]),
            });
        }
    }
}
