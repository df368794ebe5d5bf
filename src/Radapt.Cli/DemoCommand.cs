using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Radapt.Compute;
using Radapt.Studies;
using Radapt.Studies.Demo;
using Radapt.Studies.Tables;
using Radapt.Studies.Work;

namespace Radapt.Cli;

/// <summary>
/// <c>radapt demo</c>: pre-training, adaptation with few labels, and a page that shows what came out, on synthetic radiographs.
/// </summary>
internal sealed class DemoCommand : RadaptCommand
{
    private readonly Option<string> _out;
    private readonly Option<bool> _quick;
    private readonly Option<int> _threads;
    private readonly Option<bool> _json;

    public DemoCommand(CancellationToken interrupted)
        : base("demo",
            "See Radapt work in a few minutes: pre-trains a tiny transformer on synthetic radiographs, adapts it with 1, 10 and 100 % "
            + "of the labels in several ways, and writes a page that shows what came out.")
    {
        _out = Add("Output", new Option<string>("--out")
        {
            HelpName = "DIR",
            Description =
                "New or empty folder, or that of an interrupted demo to go on with. Default: a new folder in the system's temporary "
                + "folder, which is kept.",
        });
        _quick = Add("Run", new Option<bool>("--quick")
        {
            Description = "The same steps with fewer images and seeds, in less than a minute; its figures mean little.",
        });
        _threads = Add("Run", new Option<int>("--threads")
        {
            HelpName = "N",
            Description = "Runs at a time, each on one thread; their number does not change any figure. Default: the physical cores.",
            DefaultValueFactory = _ => Machine.Current.PhysicalCores,
        });
        _json = AddJson();
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt demo", "Everything in a temporary folder:"),
        ("radapt demo --out demo", "In a folder of your choice; after Ctrl-C the same line goes on:"),
        ("radapt demo --quick --json", "Only to see that everything runs, with the figures as JSON:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        bool json = parsed.GetValue(_json);
        bool quick = parsed.GetValue(_quick);
        int threads = parsed.GetValue(_threads);
        if (threads is < 1 or > 4096)
        {
            throw new RadaptException($"--threads {threads}: give a number from 1 to 4096.");
        }

        var terminal = new Terminal(onStandardError: json);
        string path = parsed.GetValue(_out) ?? Directory.CreateTempSubdirectory("radapt-demo-").FullName;
        var folder = new DemoFolder(path);
        ProcessSettings.PrepareCompute();
        terminal.Line($"Folder: {folder.Path}");
        terminal.Line($"Drawing synthetic radiographs, then {Plural.Count(threads, "run")} at a time.");
        var study = new DemoStudy(folder, quick ? DemoSize.Quick : DemoSize.Full)
        {
            OnProgress = happened =>
            {
                if (happened is { Kind: CellEventKind.Progress, Progress: { } progress })
                {
                    terminal.Line(Line(progress));
                }
            },
            OnThread = () => ProcessSettings.UseThreads(1),
        };
        string again = $"radapt demo{(quick ? " --quick" : "")} --out {FineTuningSession.Quoted(path)}";
        DemoResult result = FineTuningSession.Interruptible(
            () => study.Run(threads, interrupted), $"interrupted; what is done is kept. Go on with: {again}");
        Show(terminal, result);
        if (json)
        {
            JsonObject figures = result.ToJson();
            figures["folder"] = folder.Path;
            figures["page"] = folder.Page;
            Terminal.WriteJson(figures);
        }

        return ExitCode.Done;
    }

    private static string Line(JobProgress progress)
    {
        string left = progress.TimeLeft is { } time && progress.Done < progress.Jobs ? $", about {Figures.Duration(time)} left" : "";
        return progress.Finished is { } job
            ? string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Jobs}: {job.Title}{left}")
            : progress.Done == 0 ? $"{Plural.Count(progress.Jobs, "run")}: pre-training, and fine-tuning from random weights beside it"
            : string.Create(CultureInfo.InvariantCulture, $"{progress.Done} of {progress.Jobs} runs were done before");
    }

    private static void Show(Terminal terminal, DemoResult result)
    {
        StudyTable table = result.Table;
        terminal.Line();
        terminal.Line("Test AUROC by share of the labels: mean of findings and seeds ± standard deviation over seeds", strong: true);
        terminal.Rows(["", .. table.Columns.Select(f => f.Title)],
            table.Rows.Select(m => (string[])[m.Title, .. table.Columns.Select(f => Cell(table.Cell(m, f)))]),
            [.. Enumerable.Range(1, table.Columns.Count)]);
        foreach (string sentence in result.OnLora.Concat(result.OnPretraining))
        {
            terminal.Line(sentence);
        }

        terminal.Line();
        if (result.Size.IsQuick)
        {
            terminal.Line("These are figures of the quick demo, which mean little. Without --quick they take a few minutes.");
        }

        terminal.Line($"Page: {result.Folder.Page} (open it in a browser)", strong: true);
        terminal.Line("Next: a table such as "
            + $"{FineTuningSession.Quoted(Path.Combine(result.Folder.Labelled, "labels.csv"))} for your own images, and then");
        terminal.Line("  radapt finetune --data YOUR.csv --weights CHECKPOINT.pth --out runs/first");
    }

    private static string Cell(TableCell? cell) => cell?.Mean is not { } mean ? "-"
        : TableSentences.Figure(mean) + (cell.Deviation is { } sd ? $" ± {TableSentences.Figure(sd)}" : "");
}
