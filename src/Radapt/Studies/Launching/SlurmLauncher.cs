using System.Globalization;
using Radapt.Studies.Design;
using Radapt.Studies.Work;

namespace Radapt.Studies.Launching;

/// <summary>
/// Gives the cells of a study to Slurm as arrays, a task for each cell, and follows them. A task that ended before its run was done is
/// submitted again, and the run goes on where it was; a run that failed by itself is not, nor what a person cancelled.
/// </summary>
/// <param name="folder">The study's folder, which all nodes share.</param>
/// <param name="cells">The cells to do.</param>
/// <param name="queue">Slurm.</param>
internal sealed class SlurmLauncher(StudyFolder folder, IReadOnlyList<StudyCell> cells, SlurmQueue queue)
{
    /// <summary>The file in an array's folder with the cells of its tasks, a line for each.</summary>
    public const string CellList = "cells.txt";

    private readonly Dictionary<string, int> _submissions = [];
    private readonly Dictionary<(string Job, int Task), SlurmTask> _ended = []; // Slurm forgets them after some minutes
    private readonly HashSet<string> _live = []; // cells whose task this launcher has seen
    private readonly Dictionary<string, long> _unseen = []; // since when Slurm calls a task complete whose run does not look so

    /// <summary>How often this launcher submits a cell at most.</summary>
    public int MostSubmissions { get; init; } = 3;

    /// <summary>How many looks in a row may fail before the watch ends.</summary>
    public int MostFailures { get; init; } = 60;

    /// <summary>How long the files of another node may take to be seen here.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Time between two looks.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The watch.</summary>
    public TimeProvider Watch { get; init; } = TimeProvider.System;

    /// <summary>Makes the script of an array from its folder and the number of its tasks.</summary>
    public required Func<string, int, SlurmScript> Script { get; init; }

    /// <summary>Told of every array, with the number of its cells.</summary>
    public Action<SubmittedArray>? OnSubmitted { get; init; }

    /// <summary>Told at every look.</summary>
    public Action<LaunchStatus>? OnStatus { get; init; }

    private string Arrays => Path.Combine(folder.Path, "slurm");

    /// <summary>Jobs that were submitted for this study.</summary>
    public IReadOnlyList<string> Jobs => [.. SubmittedArray.ReadAll(Arrays).Select(a => a.Job)];

    /// <summary>Submits what no task does, and waits for the end of all.</summary>
    /// <param name="waits">False: only submits.</param>
    /// <param name="cancellation">Ends the waiting; tasks go on.</param>
    /// <returns>The last look.</returns>
    /// <exception cref="RadaptException">Slurm refuses an array or does not answer.</exception>
    public LaunchStatus Run(bool waits, CancellationToken cancellation)
    {
        int failures = MostFailures - 1; // none at the first look
        while (true)
        {
            LaunchStatus status;
            try
            {
                status = Look();
                failures = 0;
            }
            catch (RadaptException) when (++failures < MostFailures) // such as while Slurm's controller restarts
            {
                Wait(cancellation);
                continue;
            }

            OnStatus?.Invoke(status);
            StudyCell[] submitted = [.. status.Ended.Where(e => MayRunAgain(e.Cell, e.Task)).Select(e => e.Cell)];
            if (submitted.Length > 0)
            {
                Submit(submitted);
                status = Look();
            }

            if (!waits || !status.IsLive)
            {
                return status;
            }

            Wait(cancellation);
        }
    }

    private void Wait(CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(Interval);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Where every cell is now.</summary>
    public LaunchStatus Look()
    {
        IReadOnlyList<SubmittedArray> arrays = SubmittedArray.ReadAll(Arrays);
        IReadOnlyDictionary<(string Job, int Task), SlurmTask> tasks = queue.Read([.. arrays.Select(a => a.Job)]);
        var latest = new Dictionary<string, SlurmTask>();
        foreach (SubmittedArray array in arrays)
        {
            foreach ((int number, string cell) in array.Cells.Index())
            {
                if (tasks.TryGetValue((array.Job, number), out SlurmTask? task) || _ended.TryGetValue((array.Job, number), out task))
                {
                    latest[cell] = task;
                    _ = task.IsLive ? _live.Add(cell) : _ended.TryAdd((array.Job, number), task);
                }
            }
        }

        var (complete, running, waiting, failed) =
            (new List<StudyCell>(), new List<StudyCell>(), new List<StudyCell>(), new List<StudyCell>());
        var ended = new List<(StudyCell Cell, SlurmTask? Task)>();
        foreach (StudyCell cell in cells)
        {
            SlurmTask? task = latest.GetValueOrDefault(cell.Name);
            CellState state = folder.StateOf(cell);
            if (state == CellState.Complete)
            {
                complete.Add(cell);
            }
            else if (task is { IsLive: true })
            {
                (task.IsRunning ? running : waiting).Add(cell);
            }
            else if (state == CellState.Failed)
            {
                failed.Add(cell);
            }
            else if (task is { State: "COMPLETED" } && _live.Contains(cell.Name) && MayBeUnseen(cell))
            {
                running.Add(cell);
            }
            else
            {
                ended.Add((cell, task));
            }
        }

        return new LaunchStatus(complete, running, waiting, failed, ended);
    }

    private bool MayRunAgain(StudyCell cell, SlurmTask? task) =>
        _submissions.GetValueOrDefault(cell.Name) is var times && times < MostSubmissions && (times == 0 || task is not { IsFinal: true });

    private bool MayBeUnseen(StudyCell cell)
    {
        long now = Watch.GetTimestamp();
        long since = _unseen.TryGetValue(cell.Name, out long first) ? first : _unseen[cell.Name] = now;
        return Watch.GetElapsedTime(since, now) < Patience;
    }

    private void Submit(StudyCell[] submitted)
    {
        // In the order of submission; another process that submits at the same time has a folder of its own.
        int number = 1 + (Directory.Exists(Arrays) ? Directory.GetDirectories(Arrays).Length : 0);
        string unique = Guid.NewGuid().ToString("N")[..8];
        string own = Path.Combine(Arrays, string.Create(CultureInfo.InvariantCulture, $"{number:0000}-{unique}"));
        Directory.CreateDirectory(own);
        string script = Path.Combine(own, "job.sh");
        AtomicFile.WriteText(Path.Combine(own, CellList), string.Concat(submitted.Select(c => c.Name + "\n")));
        AtomicFile.WriteText(script, Script(own, submitted.Length).Write());
        var array = new SubmittedArray(queue.Submit(script), [.. submitted.Select(c => c.Name)]);
        array.Write(own);
        foreach (StudyCell cell in submitted)
        {
            _submissions[cell.Name] = _submissions.GetValueOrDefault(cell.Name) + 1;
            _unseen.Remove(cell.Name);
        }

        OnSubmitted?.Invoke(array);
    }
}
