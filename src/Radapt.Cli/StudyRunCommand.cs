using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Studies.Design;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Cli;

/// <summary><c>radapt study run</c>: does the cells of a study that are not done.</summary>
internal sealed class StudyRunCommand : RadaptCommand
{
    private readonly StudyArguments _study = new();
    private readonly StudyCompute _compute;
    private readonly StudyLaunch _launch;
    private readonly Option<bool> _retry;
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _json;

    public StudyRunCommand(CancellationToken interrupted)
        : base("run", "Train the cells of a study that are not complete, each in a run folder of its own. Any number of processes, also on "
            + "several machines with a shared folder, can work on one study; the same line continues after an interruption.")
    {
        _study.AddTo(this, (heading, option) => Add(heading, option));
        _compute = new StudyCompute((heading, option) => Add(heading, option));
        _retry = Add("Run", new Option<bool>("--retry-failed")
        {
            Description = "Also run cells that failed before. Without this option they are listed with their reason.",
        });
        _noWait = Add("Run", new Option<bool>("--no-wait")
        {
            Description = "End when the cells that are left are in the hands of other processes, instead of waiting for them.",
        });
        _launch = new StudyLaunch((heading, option) => Add(heading, option));
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study run mine.yaml --data-root data --weights-root weights", "Every cell that is not complete; the same line continues:"),
        ("radapt study run studies/mine", "The same from the folder of the study, on another machine perhaps:"),
        ("radapt study run mine.yaml --launcher slurm --sbatch \"--partition=cpu --time=04:00:00\"",
            "A task of Slurm for each cell, watched and submitted again if it is lost:"),
        ("radapt study run mine.yaml --retry-failed --threads 8 --jobs 1", "With one run at a time on eight threads:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        OpenStudy study = _study.Open(parsed, _compute.Layers(parsed));
        IReadOnlyList<StudyCell> cells = _launch.Select(parsed, _compute.Select(parsed, study));
        (int each, int atATime) = _compute.Decide(parsed, cells);
        TableLayout layout = TableLayout.For(study.Design); // told now if it is wrong, not after hours
        PublishedFigures.Read(study.Design);
        if (_launch.DryRun(parsed, study, cells, (each, _compute.GivenJobs(parsed)), _compute.Arguments(parsed)) is { } script)
        {
            Console.Out.Write(script);
            return ExitCode.Done;
        }

        MissingPlaces.Require([.. cells.Where(c => !study.Folder.IsComplete(c))]);
        study.Folder.Begin(study.File, study.Roots, study.Cells);
        terminal.Line($"{study.Design.Title}: {Plural.Count(cells.Count, "cell")} in {study.Folder.Path}", strong: true);
        IReadOnlyDictionary<string, CellFailure> failures = _launch.IsLocal(parsed)
            ? WorkHere(terminal, study, cells, (each, atATime), parsed, interrupted)
            : _launch.Run(parsed, study, cells, (each, _compute.GivenJobs(parsed)), _compute.Arguments(parsed), terminal,
                (!parsed.GetValue(_noWait), parsed.GetValue(_retry)), interrupted);
        if (!_launch.IsTask(parsed))
        {
            terminal.Line();
            var table = StudyTable.Read(study.Design, study.Cells, study.Folder, layout);
            StudyTableDisplay.Show(terminal, table);
            terminal.Line($"Intervals over patients and other formats: radapt study table {FineTuningSession.Quoted(study.Folder.Path)}");
        }

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

    private IReadOnlyDictionary<string, CellFailure> WorkHere(Terminal terminal, OpenStudy study, IReadOnlyList<StudyCell> cells,
        (int Each, int AtATime) threads, ParseResult parsed, CancellationToken interrupted)
    {
        ProcessSettings.PrepareCompute();
        terminal.Line($"{Plural.Count(threads.AtATime, "run")} at a time, {Plural.Count(threads.Each, "thread")} each.");
        return FineTuningSession.Interruptible(
            () => Work(terminal, study, cells, threads.AtATime, parsed, interrupted),
            $"interrupted; what is done is kept. Continue with: radapt study run {FineTuningSession.Quoted(study.Folder.Path)}");
    }

    private IReadOnlyDictionary<string, CellFailure> Work(
        Terminal terminal, OpenStudy study, IReadOnlyList<StudyCell> cells, int atATime, ParseResult parsed, CancellationToken interrupted)
    {
        using var codecs = new CodecProcess();
        return StudyDisplay.Run(terminal, study, display => new StudyRunner(study.Folder, cells)
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
}
