using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Recipes;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Cli;

/// <summary><c>radapt study run</c>: does the cells of a study that are not done.</summary>
internal sealed class StudyRunCommand : RadaptCommand
{
    private readonly StudyArguments _study = new();
    private readonly Option<int?> _threads;
    private readonly Option<int?> _jobs;
    private readonly Option<bool> _retry;
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _json;

    public StudyRunCommand(CancellationToken interrupted)
        : base("run", "Train the cells of a study that are not complete, each in a run folder of its own. Any number of processes, also on "
            + "several machines with a shared folder, can work on one study; the same line continues after an interruption.")
    {
        _study.AddTo(this, (heading, option) => Add(heading, option));
        _threads = Add("Run", new Option<int?>("--threads")
        {
            HelpName = "N",
            Description = "Threads of each run. Default: what the study says, else 1.",
        });
        _jobs = Add("Run", new Option<int?>("--jobs")
        {
            HelpName = "N",
            Description = "Runs at a time in this process. Default: the physical cores, divided by the threads of a run.",
        });
        _retry = Add("Run", new Option<bool>("--retry-failed")
        {
            Description = "Also run cells that failed before. Without this option they are listed with their reason.",
        });
        _noWait = Add("Run", new Option<bool>("--no-wait")
        {
            Description = "End when the cells that are left are in the hands of other processes, instead of waiting for them.",
        });
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study run mine.yaml --data-root data --weights-root weights", "Every cell that is not complete; the same line continues:"),
        ("radapt study run studies/mine", "The same from the folder of the study, on another machine perhaps:"),
        ("radapt study run mine.yaml --retry-failed --threads 8 --jobs 1", "With one run at a time on eight threads:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        int? threads = AtLeastOne("--threads", parsed.GetValue(_threads));
        int? jobs = AtLeastOne("--jobs", parsed.GetValue(_jobs));
        OpenStudy study = _study.Open(parsed, threads is { } given ? [ThreadsOf(given, ResolvedValue.ByCommandLine)] : []);
        int each = study.Cells.Max(c => c.Given.Value((ComputeOptions o) => o.Threads, 1));
        int atATime = jobs ?? Math.Max(1, Machine.Current.PhysicalCores / each);
        TableLayout layout = TableLayout.For(study.Design); // told now if it is wrong, not after hours
        PublishedFigures.Read(study.Design);
        study.Folder.Begin(study.File, study.Roots, study.Cells);
        ProcessSettings.PrepareCompute();
        terminal.Line($"{study.Design.Title}: {Plural.Count(study.Cells.Count, "cell")} in {study.Folder.Path}", strong: true);
        terminal.Line($"{Plural.Count(atATime, "run")} at a time, {Plural.Count(each, "thread")} each.");
        IReadOnlyDictionary<string, CellFailure> failures = FineTuningSession.Interruptible(
            () => Work(terminal, study, atATime, parsed, interrupted),
            $"interrupted; what is done is kept. Continue with: radapt study run {FineTuningSession.Quoted(study.Folder.Path)}");
        terminal.Line();
        var table = StudyTable.Read(study.Design, study.Cells, study.Folder, layout);
        StudyTableDisplay.Show(terminal, table);
        terminal.Line($"Intervals over patients and other formats: radapt study table {FineTuningSession.Quoted(study.Folder.Path)}");
        ShowFailures(terminal, failures);
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["study"] = study.Folder.Path,
                ["cells"] = study.Cells.Count,
                ["complete"] = study.Cells.Count(study.Folder.IsComplete),
                ["failed"] = new JsonObject(failures.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.Reason))),
            });
        }

        return failures.Count > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    private IReadOnlyDictionary<string, CellFailure> Work(
        Terminal terminal, OpenStudy study, int atATime, ParseResult parsed, CancellationToken interrupted)
    {
        using CodecProcess codecs = PixelDecoding.Processes();
        return StudyDisplay.Run(terminal, study, display => new StudyRunner(study.Folder, study.Cells)
        {
            Codecs = codecs,
            UseThreads = ProcessSettings.UseThreads,
            OnEvent = display.Report,
            RetriesFailed = parsed.GetValue(_retry),
            WaitsForOthers = !parsed.GetValue(_noWait),
        }.Run(atATime, interrupted));
    }

    private static void ShowFailures(Terminal terminal, IReadOnlyDictionary<string, CellFailure> failures)
    {
        if (failures.Count > 0)
        {
            terminal.Line();
            terminal.Line($"{Plural.Count(failures.Count, "cell")} failed; --retry-failed runs them again:", strong: true);
            foreach ((string cell, CellFailure failure) in failures)
            {
                terminal.Line($"{cell}: {failure.Reason}");
            }
        }
    }

    internal static RecipeLayer ThreadsOf(int threads, string origin) => RecipeLayer.From(
        [KeyValuePair.Create("threads", threads.ToString(CultureInfo.InvariantCulture))], origin);

    private static int? AtLeastOne(string option, int? value) => value is < 1 or > 4096
        ? throw new RadaptException($"{option} {value}: give a number from 1 to 4096.") : value;
}
