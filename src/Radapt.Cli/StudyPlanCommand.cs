using System.CommandLine;
using System.Globalization;
using Radapt.Benchmarks;
using Radapt.Imaging.Dicom.Codecs;
using Radapt.Studies.Design;
using Radapt.Studies.Planning;
using Radapt.Studies.Work;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary><c>radapt study plan</c>: what a study will take, before it runs.</summary>
internal sealed class StudyPlanCommand : RadaptCommand
{
    private readonly StudyArguments _study = new();
    private readonly StudyCompute _compute;
    private readonly Option<bool> _json;
    private readonly Option<string> _measure = new("--measure") { Hidden = true };

    public StudyPlanCommand(CancellationToken interrupted)
        : base("plan", "Tell what a study will take before it runs: runs, updates, time and memory of every cell, from real updates of each "
            + "distinct shape, and what it would take on 16 and 64 cores. Data and weights must be there.")
    {
        _study.AddTo(this, (heading, option) => Add(heading, option));
        _compute = new StudyCompute((heading, option) => Add(heading, option));
        _json = AddJson();
        Options.Add(_measure);
        SetAction(parsed => Run(parsed, interrupted));
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt study plan paper-table1 --data-root data --weights-root weights", "What the paper's Table 1 would take here:"),
        ("radapt study plan mine.yaml --threads 8 --jobs 2 --json", "With two runs of eight threads at a time, for a program:"),
    ];

    private int Run(ParseResult parsed, CancellationToken interrupted)
    {
        OpenStudy study = _study.Open(parsed, _compute.Layers(parsed));
        ProcessSettings.PrepareCompute();
        using var codecs = new CodecProcess();
        var runner = new StudyRunner(study.Folder, study.Cells) { Codecs = codecs };
        if (parsed.GetValue(_measure) is { } name)
        {
            return Measure(study.Cells.First(c => c.Name == name), runner, codecs, interrupted);
        }

        bool json = parsed.GetValue(_json);
        var terminal = new Terminal(onStandardError: json);
        IReadOnlyList<StudyCell> cells = _compute.Select(parsed, study);
        (int threads, int atATime) = _compute.Decide(parsed, cells);
        MissingPlaces.Require(cells);
        study.Folder.RequireSameCells(study.Cells);
        StudyPlan plan = FineTuningSession.Interruptible(() => LiveReport.Run(live => new StudyPlanner(
            study.Folder, runner, cell => MeasureApart(cell, interrupted))
        {
            Codecs = codecs,
            OnProgress = (cell, done, all) => live.Report(() => $"planning cell {done + 1} of {all}: {cell}"),
        }.Plan(cells, threads, atATime, interrupted)), "interrupted; nothing was run.");
        Show(terminal, study.Design, plan);
        if (json)
        {
            Terminal.WriteJson(plan.ToJson());
        }

        return plan.Refused.Count > 0 ? ExitCode.DoneInPart : ExitCode.Done;
    }

    // The line of this command with the cell to measure: memory is that of one run only in a process of its own.
    private static CellMeasurement MeasureApart(StudyCell cell, CancellationToken interrupted) => CellMeasurement.Read(OwnProcess.Run(
        typeof(StudyPlanCommand).Assembly, [.. Environment.GetCommandLineArgs().Skip(1), "--measure", cell.Name], interrupted));

    private static int Measure(StudyCell cell, StudyRunner runner, CodecProcess codecs, CancellationToken interrupted)
    {
        using FineTuning run = FineTuning.PrepareTelling(runner.Layers(cell), codecs, headers: null, MemoryBound.Require);
        ProcessSettings.UseThreads(run.Recipe.Compute.Threads);
        Console.Out.WriteLine(CellMeasurement.Measure(run, interrupted).Write());
        return ExitCode.Done;
    }

    private static void Show(Terminal terminal, StudyDesign design, StudyPlan plan)
    {
        terminal.Line($"{design.Title}: {Plural.Count(plan.Cells.Sum(c => c.Runs.Count), "run")}"
            + (plan.Left < plan.Cells.Sum(c => c.Runs.Count) ? $", {plan.Left} of them left to do" : ""), strong: true);
        terminal.Rows(["cell", "runs", "epochs", "updates", "a run", "all", "memory"], plan.Cells.Select(c => c.Refusal is not null
            ? (string[])[c.Title, Figures.Count(c.Runs.Count), "", "", "cannot", "", ""]
            :
            [
                c.Title, c.Left == c.Runs.Count ? Figures.Count(c.Runs.Count) : $"{c.Left} of {c.Runs.Count} left",
                Figures.Count(c.Work!.Epochs), Figures.Count(c.Work.Updates), Figures.Duration(c.Time), Figures.Duration(c.Time * c.Left),
                Memory(c.MemoryMib),
            ]), 1, 2, 3, 4, 5, 6);
        foreach (IGrouping<string, PlannedCell> refused in plan.Refused.GroupBy(r => r.Refusal!))
        {
            terminal.Line($"Cannot be run here: {Listing.First(3, [.. refused.Select(r => r.Title)])}: {refused.Key}");
        }

        terminal.Line();
        terminal.Line($"All: {Plural.Count(plan.Left, "run")}, {Plural.Count(plan.Updates, "update")}; "
            + $"{Figures.Duration(plan.Total)} one after the other with {Plural.Count(plan.Threads, "thread")} each, validation included.");
        terminal.Line($"Here, {Plural.Count(plan.AtATime, "run")} at a time: about {Figures.Duration(plan.Here)} and "
            + $"{Memory(plan.MemoryMib)} of {Memory(plan.MemoryBytes / 1048576.0)} memory."
            + (plan.FitAtATime < plan.AtATime ? $" That is too much: give --jobs {plan.FitAtATime}." : ""));
        foreach (int cores in StudyPlan.OtherCores)
        {
            int sideBySide = ScalingModel.SideBySide(plan.Left, plan.Threads, cores);
            terminal.Line($"On {cores} cores like these: about {Figures.Duration(plan.On(cores))}, with {Plural.Count(sideBySide, "run")} at "
                + $"a time and {Memory(plan.MemoryFor(sideBySide))} of memory.");
        }

        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"Model of other machines: runs are independent and not split, so that no study ends before its longest run; side by side each has "
            + $"{100 * ScalingModel.Efficiency:0} % of its speed alone; cores that are left over become threads, from which "
            + $"{100 * ScalingModel.ParallelShare:0} % of a run gains (Amdahl). Both numbers are assumptions. Early stopping is not counted."));
    }

    private static string Memory(double mib) => Figures.Bytes((long)(mib * 1048576));
}
