using System.CommandLine;
using Radapt.Imaging;
using Radapt.Imaging.Dicom;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Inference;
using Radapt.Pacs;
using Radapt.Pacs.Sending;
using Radapt.Pacs.Watching;

namespace Radapt.Cli;

/// <summary><c>radapt results</c>: DICOM results for the images that are named.</summary>
internal sealed class ResultsCommand : RadaptCommand
{
    private const int Attempts = 5; // with an archive that is away

    private readonly Argument<string> _run = new("run")
    {
        HelpName = "RUN",
        Description = "Run folder, folder of a cross-validation, or adapter file.",
    };
    private readonly Argument<string[]> _images = new("images")
    {
        HelpName = "IMAGES...",
        Description = "DICOM files, folders (at any depth, whatever the names), or patterns such as 'scans/**/*.dcm'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly ResultArguments _results;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _json;

    public ResultsCommand(CancellationToken interrupted)
        : base("results", "Predict DICOM images and write the results as DICOM files for an archive: a structured report and heat maps, "
            + "for research use only. Results that are there already are not written again.")
    {
        Arguments.Add(_run);
        Arguments.Add(_images);
        _results = new ResultArguments((heading, option) => Add(heading, option));
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description = "Name files in messages. Default: messages give the number of the image, because files are often named after "
                + "patients.",
        });
        _json = AddJson();
        SetAction((parsed, _) => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt results runs/first export --out results", "Reports and heat maps of every DICOM image of a folder:"),
        ("radapt results runs/first export --out results --heat-maps none --stow https://pacs.example/dicom-web",
            "Reports alone, sent to an archive:"),
    ];

    private async Task<int> Run(ParseResult parsed, CancellationToken interrupted)
    {
        FoundImages found = ImagePaths.Find(parsed.GetRequiredValue(_images));
        StowTarget? target = _results.Target(parsed);
        string output = _results.Out(parsed);
        var results = new ResultFolder(output, sends: target is not null);
        results.Create();
        using var codecs = new CodecProcess();
        using InstanceAnalysis analysis = _results.Open(parsed, [parsed.GetRequiredValue(_run)], codecs);
        using StowClient? client = target is null ? null : new StowClient(target);
        var terminal = new Terminal(onStandardError: true);
        var display = new WatchDisplay(terminal);
        terminal.Notes([.. analysis.Notes, .. new[] { found.PassedOver.Line() }.OfType<string>()]);
        for (int i = 0; i < found.Paths.Count; i++)
        {
            if (interrupted.IsCancellationRequested)
            {
                throw Interrupted(i, found.Paths.Count, output);
            }

            string name = parsed.GetValue(_plainNames) ? found.Paths[i] : $"image {Figures.Count(i + 1)}";
            display.Add(Analyse(found.Paths[i], name, analysis, results));
        }

        ResultSender? sender = client is null ? null : new ResultSender(client, results) { OnProblem = display.Problem };
        int unsent = sender is null ? 0 : await Send(sender, output, interrupted);
        display.Finish(output, sender, unsent, parsed.GetValue(_json));
        return display.IsComplete && unsent == 0 ? ExitCode.Done : ExitCode.DoneInPart;
    }

    private static async Task<int> Send(ResultSender sender, string output, CancellationToken interrupted)
    {
        try
        {
            return await sender.SendAsync(Attempts, interrupted);
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException(
                $"interrupted; results that were not sent wait in {Path.Combine(output, ResultFolder.UnsentName)}. The same command sends "
                    + "them.");
        }
    }

    private static InterruptedException Interrupted(int done, int all, string output) => new(
        $"interrupted; {Figures.Count(done)} of {Figures.Count(all)} images are done, and their results are in {output}. The same command "
            + "does the others.");

    private static WatchEntry Analyse(string path, string name, InstanceAnalysis analysis, ResultFolder results)
    {
        try
        {
            if (!DicomReader.IsDicomFile(path))
            {
                return new WatchEntry("", WatchOutcome.Failed)
                {
                    File = name,
                    Reason = "it is not DICOM; only DICOM images have such results.",
                };
            }

            InstanceResults made = analysis.Analyse(RadiographReader.ReadBytes(path), name);
            return made.Files.Count == 0
                ? new WatchEntry("", WatchOutcome.Refused) { File = name, Reason = string.Join("; ", made.Refusals) }
                : new WatchEntry("", WatchOutcome.Done) { File = name, Results = made.Files.Count(results.Add) };
        }
        catch (RadaptException e) when (e.Place == name || e.Place == path)
        {
            return new WatchEntry("", WatchOutcome.Failed) { File = name, Reason = e.What };
        }
    }
}
