using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Radapt.Benchmarks;
using Radapt.Studies.Design;
using Radapt.Studies.Launching;
using Radapt.Studies.Work;

namespace Radapt.Cli;

/// <summary>Who does the cells of a study: this process, Slurm or Kubernetes; and which cell a task of those does.</summary>
internal sealed partial class StudyLaunch
{
    private const string Local = "local", Slurm = "slurm", Kubernetes = "kubernetes";

    // What tasks find in their environment.
    private static readonly string[] s_numbers = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"];

    private readonly Option<string> _launcher = new("--launcher")
    {
        HelpName = "CHOICE",
        Description = $"Who runs the cells: {Local} (this process), {Slurm} (an array of jobs, a task for each cell; the study's folder must be on "
            + $"a disk that all nodes share) or {Kubernetes} (only with --dry-run). Default: {Local}.",
        DefaultValueFactory = _ => Local,
    };

    private readonly Option<string> _sbatch = new("--sbatch")
    {
        HelpName = "OPTIONS",
        Description = "More options of sbatch for the array, in one argument, such as \"--partition=cpu --time=04:00:00 --mem=8G\".",
    };

    private readonly Option<string> _image = new("--image")
    {
        HelpName = "NAME",
        Description = "The container image in the Kubernetes manifest.",
        DefaultValueFactory = _ => "radapt:latest",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Print the script of the Slurm array, or the Kubernetes manifest (for kubectl apply -f -), and submit nothing.",
    };

    private readonly Option<string> _task = new("--task") { HelpName = "FILE", Hidden = true };

    /// <param name="add">Adds an option under a heading.</param>
    public StudyLaunch(Action<string, Option> add)
    {
        _launcher.AcceptOnlyFromAmong(Local, Slurm, Kubernetes);
        add("Cluster", _launcher);
        add("Cluster", _sbatch);
        add("Cluster", _image);
        add("Cluster", _dryRun);
        add("Cluster", _task);
    }

    /// <summary>Whether this process does the cells.</summary>
    public bool IsLocal(ParseResult parsed) => parsed.GetValue(_launcher) == Local;

    /// <summary>Whether this process is a task of a scheduler, which does one cell.</summary>
    public bool IsTask(ParseResult parsed) => parsed.GetValue(_task) is not null;

    /// <summary>Of a task, its cell; else all.</summary>
    /// <exception cref="RadaptException">The task has no number, or its cell is not one of these.</exception>
    public IReadOnlyList<StudyCell> Select(ParseResult parsed, IReadOnlyList<StudyCell> cells)
    {
        if (parsed.GetValue(_task) is not { } file)
        {
            return cells;
        }

        string? number = s_numbers.Select(Environment.GetEnvironmentVariable).OfType<string>().FirstOrDefault();
        string[] names = File.Exists(file) ? File.ReadAllLines(file) : throw new RadaptException($"--task {file}: there is no such file.");
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int task) && task < names.Length
            ? [cells.FirstOrDefault(c => c.Name == names[task]) ?? throw new RadaptException($"--task {file}: the study has no cell {names[task]}.")]
            : throw new RadaptException($"--task {file}: is for tasks of an array, whose number is in {string.Join(" or ", s_numbers)}.");
    }

    /// <summary>What would be submitted; null: it is to be submitted.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="study">The study.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="jobs">Threads of a cell, and cells at a time if that was given.</param>
    /// <param name="arguments">Arguments that tasks are given, too.</param>
    public string? DryRun(ParseResult parsed, OpenStudy study, IReadOnlyList<StudyCell> cells, (int Threads, int? AtATime) jobs,
        IReadOnlyList<string> arguments)
    {
        string launcher = parsed.GetValue(_launcher)!;
        if (!parsed.GetValue(_dryRun))
        {
            return launcher != Kubernetes ? null
                : throw new RadaptException("--launcher kubernetes writes a manifest only: add --dry-run, and give it to kubectl apply -f -.");
        }

        string text = Encoding.UTF8.GetString(study.File.Content);
        StudyCell[] left = [.. cells.Where(c => !study.Folder.IsComplete(c))];
        return left.Length == 0 ? throw new RadaptException("--dry-run: every cell is complete.")
            : launcher switch
            {
                Local => throw new RadaptException("--dry-run: is for --launcher slurm and kubernetes; radapt study plan says what a study costs."),
                Slurm => Script(parsed, study, jobs, arguments)(Path.Combine(study.Folder.Path, "slurm", "NNNN"), left.Length).Write(),
                _ when NamesFile().IsMatch(text) => throw new RadaptException(
                    "--launcher kubernetes: the manifest holds the study file alone, and this study names recipes that are files. Write their "
                        + "options into the study, or name built-in recipes."),
                _ => new KubernetesJob
                {
                    Name = study.File.Name,
                    Study = text,
                    Cells = [.. left.Select(c => c.Name)],
                    Image = parsed.GetValue(_image)!,
                    Threads = jobs.Threads,
                    AtATime = jobs.AtATime ?? left.Length,
                    Arguments = arguments,
                }.Write(),
            };
    }

    /// <summary>Lets Slurm do the cells.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="study">The study.</param>
    /// <param name="cells">Its cells.</param>
    /// <param name="jobs">Threads of a cell, and cells at a time if that was given.</param>
    /// <param name="arguments">Arguments that tasks are given, too.</param>
    /// <param name="terminal">Told how far it is.</param>
    /// <param name="how">Whether to wait for the end, and whether cells that failed are done again.</param>
    /// <param name="interrupted">Ends the waiting.</param>
    /// <returns>The cells that failed, by name, with why.</returns>
    public IReadOnlyDictionary<string, CellFailure> Run(ParseResult parsed, OpenStudy study, IReadOnlyList<StudyCell> cells,
        (int Threads, int? AtATime) jobs, IReadOnlyList<string> arguments, Terminal terminal, (bool Waits, bool Retries) how,
        CancellationToken interrupted)
    {
        if (how.Retries)
        {
            foreach (StudyCell cell in cells)
            {
                File.Delete(study.Folder.FailureOf(cell.Name));
            }
        }

        SlurmLauncher? launcher = null;
        try
        {
            LaunchStatus end = terminal.WithLiveLine(line =>
            {
                string shown = "";
                launcher = new SlurmLauncher(study.Folder, cells, new SlurmQueue(new SchedulerCommands()))
                {
                    Script = Script(parsed, study, jobs, arguments),
                    OnSubmitted = a => terminal.Line($"job {a.Job}: {Plural.Count(a.Cells.Count, "cell")} submitted to Slurm"),
                    OnStatus = s =>
                    {
                        string now = $"{Figures.Count(s.Complete.Count)} of {Plural.Count(cells.Count, "cell")} complete, "
                            + $"{Figures.Count(s.Running.Count)} running, {Figures.Count(s.Waiting.Count)} waiting, "
                            + $"{Figures.Count(s.Failed.Count)} failed";
                        line(now);
                        if (!terminal.IsLive && now != shown)
                        {
                            terminal.Line(now);
                        }

                        shown = now;
                    },
                };
                return launcher.Run(how.Waits, interrupted);
            });
            return Failures(study, end, how.Waits);
        }
        catch (OperationCanceledException)
        {
            throw new InterruptedException("stopped watching; the jobs go on. The same line watches them again; "
                + $"scancel {string.Join(' ', launcher!.Jobs)} ends them.");
        }
    }

    private static Dictionary<string, CellFailure> Failures(OpenStudy study, LaunchStatus end, bool waited)
    {
        var failures = end.Failed.ToDictionary(c => c.Name, c => CellFailure.Read(study.Folder.FailureOf(c.Name))!);
        foreach ((StudyCell cell, SlurmTask? task) in waited ? end.Ended : [])
        {
            failures[cell.Name] = new CellFailure(
                $"its task ended in Slurm's state {task?.State ?? "unknown"}; see the logs in {Path.Combine(study.Folder.Path, "slurm")}",
                DateTimeOffset.UtcNow, ProcessOwner.This);
        }

        return failures;
    }

    private Func<string, int, SlurmScript> Script(
        ParseResult parsed, OpenStudy study, (int Threads, int? AtATime) jobs, IReadOnlyList<string> arguments)
    {
        string? options = parsed.GetValue(_sbatch);
        if (options?.Any(char.IsControl) == true)
        {
            throw new RadaptException("--sbatch: give the options in one line.");
        }

        return (folder, tasks) =>
        {
            string list = Path.Combine(folder, SlurmLauncher.CellList);
            ProcessStartInfo program = OwnProcess.StartInfo(typeof(StudyLaunch).Assembly,
                ["study", "run", study.Folder.Path, "--task", list, "--jobs", "1", .. arguments]);
            return new SlurmScript
            {
                Name = $"radapt-{study.File.Name}",
                Logs = folder,
                Tasks = tasks,
                AtATime = jobs.AtATime,
                Threads = jobs.Threads,
                Options = options,
                Command = [program.FileName, .. program.ArgumentList],
            };
        };
    }

    [GeneratedRegex("""\brecipe:\s*["']?[^\s"'#]*(?:/|\.ya?ml)""")]
    private static partial Regex NamesFile();
}
