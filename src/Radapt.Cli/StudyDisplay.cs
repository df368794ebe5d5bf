using System.Diagnostics;
using System.Globalization;
using Radapt.Metrics;
using Radapt.Runs;
using Radapt.Studies;
using Radapt.Studies.Design;
using Radapt.Studies.Work;
using Radapt.Training;

namespace Radapt.Cli;

/// <summary>
/// How a study goes: on a terminal a table of the runs that are in work, below the lines of those that ended; elsewhere lines.
/// </summary>
internal sealed class StudyDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(0.2);

    private readonly Terminal _terminal;
    private readonly OpenStudy _study;
    private readonly DrawTable _draw;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, (Stopwatch Watch, TrainingProgress? Progress)> _inWork = [];
    private readonly Stopwatch _sinceDrawn = Stopwatch.StartNew();
    private JobProgress _all = new(0, 0, null, null);

    private StudyDisplay(Terminal terminal, OpenStudy study, DrawTable draw) => (_terminal, _study, _draw) = (terminal, study, draw);

    /// <summary>Does work that reports to a display.</summary>
    public static T Run<T>(Terminal terminal, OpenStudy study, Func<StudyDisplay, T> work) =>
        terminal.WithLiveTable(draw => work(new StudyDisplay(terminal, study, draw)));

    /// <summary>Shows an event; calls may come from any thread.</summary>
    public void Report(CellEvent happened)
    {
        lock (_lock)
        {
            switch (happened.Kind)
            {
                case CellEventKind.Progress:
                    _all = happened.Progress!;
                    Ended(_all);
                    break;
                case CellEventKind.Started:
                    _inWork[happened.Cell!.Name] = (Stopwatch.StartNew(), null);
                    break;
                case CellEventKind.Training:
                    _inWork[happened.Cell!.Name] = (_inWork[happened.Cell.Name].Watch, happened.Training);
                    break;
                case CellEventKind.Finished:
                    _terminal.Line($"{Position()}{happened.Cell!.Name}: {Result(happened.Cell)}, in {Time(happened.Cell.Name)}{Left()}");
                    _inWork.Remove(happened.Cell.Name);
                    break;
                case CellEventKind.Failed:
                    _terminal.Line($"{Position()}{happened.Cell!.Name} failed: {Failures.OneLine(happened.Failure!.Reason)}");
                    _inWork.Remove(happened.Cell.Name);
                    break;
            }

            Draw(happened.Kind != CellEventKind.Training);
        }
    }

    private void Ended(JobProgress all)
    {
        if (all.Finished is null && all.Done > 0)
        {
            _terminal.Line($"{Plural.Count(all.Done, "cell")} of {all.Jobs} were done before.");
        }
    }

    // The event of a cell that ended comes before that of the queue.
    private string Position() => string.Create(CultureInfo.InvariantCulture, $"{_all.Done + 1} of {_all.Jobs}: ");

    private string Left() => _all.TimeLeft is { } left && _all.Done + 1 < _all.Jobs ? $"; about {Figures.Duration(left)} left" : "";

    private string Time(string cell) => Figures.Duration(_inWork[cell].Watch.Elapsed);

    private string Result(StudyCell cell)
    {
        MultiLabelMetrics metrics = PredictionTable.Read(new RunFolder(_study.Folder.RunOf(cell.Name)).PredictionsFile).ComputeMetrics();
        return $"AUROC {Figures.Auroc(metrics.MeanAuroc)}";
    }

    private void Draw(bool atOnce)
    {
        if (!atOnce && _sinceDrawn.Elapsed < s_interval)
        {
            return;
        }

        _sinceDrawn.Restart();
        _draw(["run", "epoch", "AUROC", "best", "images/s", "left"],
            [.. _inWork.Select(w => (IReadOnlyList<string>)[w.Key, .. Columns(w.Value.Progress)])],
            $"{_all.Done} of {_all.Jobs} done{(_all.TimeLeft is { } left ? $", about {Figures.Duration(left)} left" : "")}");
    }

    private static string[] Columns(TrainingProgress? p) => p is null ? ["begins", "", "", "", ""] :
    [
        p.Phase == TrainingPhase.Training ? $"{p.Epoch}/{p.Epochs}" : p.Phase.ToString().ToLowerInvariant(),
        p.Figures.TryGetValue("auroc", out double auroc) ? Figures.Auroc(auroc) : "",
        p.BestScore is { } best ? Figures.Auroc(best) : "",
        Figures.Rate(p.ImagesPerSecond),
        Figures.Duration(p.TimeLeft),
    ];
}
