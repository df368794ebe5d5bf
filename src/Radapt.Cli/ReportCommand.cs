using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Reporting;

namespace Radapt.Cli;

/// <summary><c>radapt report</c>: a page about a run, for people.</summary>
internal sealed class ReportCommand : RadaptCommand
{
    private const int MostImages = 100;

    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN",
        Description = "Folder of a run, of a cross-validation or of a study.",
    };
    private readonly Option<string> _out;
    private readonly Option<string> _plots;
    private readonly Option<int> _images;
    private readonly Option<string[]> _subgroups;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _json;

    public ReportCommand()
        : base("report", "Write a page about a run, a cross-validation or a study: figures with intervals, curves, flow of images, model card and checklists. "
            + "One HTML file that needs no network and prints.")
    {
        Arguments.Add(_run);
        _out = Add("Output", new Option<string>("--out", "-o")
        {
            HelpName = "FILE.html",
            Description = "The page. Default: report.html in the folder, which is replaced.",
        });
        _plots = Add("Output", new Option<string>("--plots")
        {
            HelpName = "DIR",
            Description = "Also write every plot as PNG and as SVG into this folder; files of the same names are replaced.",
        });
        _images = Add("Output", new Option<int>("--images")
        {
            HelpName = "N",
            Description = "Also show pictures of the most confident errors with heat maps: of every finding, up to N images without it that "
                + "score highest and N with it that score lowest. These are pictures of patients. Data and weights must be where they "
                + "were. Default: none.",
        });
        _subgroups = Add("Output", new Option<string[]>("--subgroup")
        {
            HelpName = "COLUMN",
            Description = "Also show the figures by group: a column of the label table, or, for DICOM images, "
                + $"{string.Join(", ", DicomAttribute.Names)} from their headers. May be given several times. The names of the groups are shown.",
        });
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description = "Show the names of files and folders. Without this option, a report has none, since they may name patients.",
        });
        _overwrite = AddOverwrite("the file of --out");
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt report runs/first", "The page of a run, in its folder:"),
        ("radapt report runs/first -o errors.html --images 3", "With pictures of the most confident errors and heat maps:"),
        ("radapt report studies/phantoms", "The table and the curves of a study:"),
        ("radapt report runs/first -o report.html --subgroup sex --subgroup age", "By groups of patients:"),
        ("radapt report runs/folds -o folds.html --plots plots", "A cross-validation, with every plot as a file:"),
    ];

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        string folder = parsed.GetRequiredValue(_run);
        if (parsed.GetValue(_out) is { } given)
        {
            OutputFile.RequireNew(given, parsed.GetValue(_overwrite), _out.Name);
            OutputFile.RequireNoInput(given, _out.Name, folder);
        }

        int images = parsed.GetValue(_images);
        if (images is < 0 or > MostImages)
        {
            throw new RadaptException($"{_images.Name} {images}: give a number from 1 to {MostImages}.");
        }

        using CodecProcess? codecs = images == 0 ? null : new CodecProcess();
        if (images > 0)
        {
            ProcessSettings.PrepareCompute();
        }

        Report report = Report.Create(folder, new ReportOptions
        {
            ShowsNames = parsed.GetValue(_plainNames),
            Images = images,
            Codecs = codecs,
            Subgroups = parsed.GetValue(_subgroups) ?? [],
        });
        string page = report.Write(parsed.GetValue(_out));
        terminal.Line($"Report: {page} (open it in a browser)");
        if (parsed.GetValue(_plots) is { } plots)
        {
            report.Plots.Write(plots);
            terminal.Line($"Plots: {plots} ({Plural.Count(report.Plots.Plots.Count, "plot")}, each as PNG and SVG)");
        }

        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["page"] = Path.GetFullPath(page),
                ["plots"] = new JsonArray([.. report.Plots.Plots.Keys.Select(p => JsonValue.Create(p))]),
            });
        }

        return ExitCode.Done;
    }
}
