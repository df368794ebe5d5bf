using System.CommandLine;
using System.Globalization;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Pacs;
using Radapt.Pacs.Sending;
using Radapt.Pacs.Watching;

namespace Radapt.Cli;

/// <summary><c>radapt watch</c>: DICOM results for every image that arrives in a folder.</summary>
internal sealed class WatchCommand : RadaptCommand
{
    private const int OnceAttempts = 5; // with an archive that is away

    private readonly Argument<string> _folder = new("folder")
    {
        HelpName = "FOLDER",
        Description = "Folder in which DICOM files arrive, at any depth.",
    };
    private readonly Argument<string[]> _runs = new("runs")
    {
        HelpName = "RUN...",
        Description = "Run folders, folders of cross-validations, or adapter files. Each makes its own results.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly ResultArguments _results;
    private readonly Option<bool> _once;
    private readonly Option<double> _interval;
    private readonly Option<double> _settle;
    private readonly Option<bool> _removeDone;
    private readonly Option<bool> _retryFailed;
    private readonly Option<bool> _plainNames;
    private readonly Option<bool> _json;

    public WatchCommand(CancellationToken interrupted)
        : base("watch", "Predict every DICOM image that arrives in a folder, and write the results as DICOM files: a structured report and "
            + "heat maps, for research use only. Ctrl-C ends it. Started again, it continues where it was.")
    {
        Arguments.Add(_folder);
        Arguments.Add(_runs);
        _results = new ResultArguments((heading, option) => Add(heading, option));
        _once = Add("Folder", new Option<bool>("--once") { Description = "End when all files of the folder are done." });
        _interval = AddSeconds("--interval", "Seconds between two looks at the folder. Default: 2.", 2);
        _settle = AddSeconds("--settle",
            "Take a file when its size and time have not changed for so many seconds. Default: 2. Files that are still being written, and "
                + "files named .tmp, .part and the like, are left alone.", 2);
        _removeDone = Add("Folder", new Option<bool>("--remove-done")
        {
            Description = "Remove a file from the folder when its results are written. Default: the folder is not changed.",
        });
        _retryFailed = Add("Folder", new Option<bool>("--retry-failed")
        {
            Description = "Take files again that failed in an earlier session. A file that has changed is always taken again.",
        });
        _plainNames = Add("Output", new Option<bool>("--plain-names")
        {
            Description = "Name files in messages and in the journal. Default: the first 12 digits of a file's SHA-256 stand for it, "
                + "because files are often named after patients.",
        });
        _json = AddJson();
        SetAction((parsed, _) => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt watch incoming runs/first --out results", "Results into a folder:"),
        ("radapt watch incoming runs/first --out results --stow https://pacs.example/dicom-web --stow-credentials pacs.txt --remove-done",
            "Results to an archive, and an incoming folder that stays empty:"),
        ("radapt watch incoming runs/first --out results --once", "What is there now, for a timer of the system:"),
    ];

    private Option<double> AddSeconds(string name, string description, double standard)
    {
        Option<double> seconds = Add("Folder", new Option<double>(name)
        {
            HelpName = "S",
            Description = description,
            DefaultValueFactory = _ => standard,
        });
        seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture,
                out double value) || value is not (>= 0 and <= 86_400)))
            {
                result.AddError($"{name} must be a number of seconds from 0 to 86400.");
            }
        });
        return seconds;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken interrupted)
    {
        string folder = parsed.GetRequiredValue(_folder), output = _results.Out(parsed);
        RequireApart(folder, output);
        StowTarget? target = _results.Target(parsed);
        var results = new ResultFolder(output, sends: target is not null);
        results.Create();
        using var journal = WatchJournal.Open(output, parsed.GetValue(_retryFailed));
        using var codecs = new CodecProcess();
        using InstanceAnalysis analysis = _results.Open(parsed, parsed.GetRequiredValue(_runs), codecs);
        using StowClient? client = target is null ? null : new StowClient(target);
        var terminal = new Terminal(onStandardError: true);
        var display = new WatchDisplay(terminal);
        terminal.Notes(analysis.Notes);
        if (journal.FailedBefore > 0)
        {
            terminal.Notes([$"{Plural.Count(journal.FailedBefore, "file")} failed before; {Path.Combine(output, WatchJournal.FileName)} "
                + "says why. --retry-failed takes them again."]);
        }

        ResultSender? sender = client is null ? null : new ResultSender(client, results) { OnProblem = display.Problem };
        var watch = new FolderWatch(
            new WatchOptions(folder)
            {
                Interval = TimeSpan.FromSeconds(parsed.GetValue(_interval)),
                Settle = TimeSpan.FromSeconds(parsed.GetValue(_settle)),
                RemovesDone = parsed.GetValue(_removeDone),
                PlainNames = parsed.GetValue(_plainNames),
            },
            analysis, results, journal)
        {
            OnFile = display.Add,
        };
        terminal.Line($"Watching {folder}. Ctrl-C ends.");
        await Work(watch, sender, parsed.GetValue(_once), interrupted);
        int unsent = sender is null ? 0 : results.Unsent().Count;
        display.Finish(output, sender, unsent, parsed.GetValue(_json));
        return display.HasFailures || (parsed.GetValue(_once) && unsent > 0) ? ExitCode.DoneInPart : ExitCode.Done;
    }

    // The watch works on this thread, and results are sent beside it. If one of them fails, the other stops.
    private static async Task Work(FolderWatch watch, ResultSender? sender, bool once, CancellationToken interrupted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        Task sending = sender is null || once ? Task.CompletedTask : Task.Run(() => Sending(sender, stop), CancellationToken.None);
        try
        {
            await watch.RunAsync(once, stop.Token);
            if (once && sender is not null && !interrupted.IsCancellationRequested)
            {
                await sender.SendAsync(OnceAttempts, interrupted);
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // results that wait are sent when the command is started again
        }
        finally
        {
            await stop.CancelAsync();
            await sending;
        }
    }

    private static async Task Sending(ResultSender sender, CancellationTokenSource stop)
    {
        try
        {
            await sender.RunAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // the watch has ended
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static void RequireApart(string folder, string output)
    {
        if (!Directory.Exists(folder))
        {
            throw new RadaptException($"{folder}: there is no such folder to watch. Make it, or name another one.");
        }

        string watched = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        if ((Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)) + Path.DirectorySeparatorChar)
            .StartsWith(watched, OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
        {
            throw new RadaptException($"{output}: is in the watched folder, so results would be taken for new images. Give another --out.");
        }
    }
}
