using System.Globalization;
using System.Text.RegularExpressions;

namespace Radapt.Studies.Launching;

/// <summary>
/// Arrays of jobs in Slurm: submitted by <c>sbatch</c>; states from <c>squeue</c> and, of those that have ended, from <c>sacct</c> or,
/// where a cluster keeps no accounts, from what <c>scontrol</c> still remembers.
/// </summary>
/// <param name="commands">Slurm's commands.</param>
internal sealed partial class SlurmQueue(ISchedulerCommands commands)
{
    private const int LargestArray = 4_000_000; // what Slurm allows at most

    /// <summary>Submits a script.</summary>
    /// <returns>The number of the job.</returns>
    /// <exception cref="RadaptException">Slurm refuses it, or is not there.</exception>
    public string Submit(string script)
    {
        (bool succeeded, string output, string error) = commands.Run("sbatch", "--parsable", script);
        string job = output.Trim().Split(';')[0]; // behind it the cluster's name, where there are several
        return succeeded && job.Length > 0 && job.All(char.IsAsciiDigit) ? job
            : throw new RadaptException($"sbatch refused {script}: {FirstLine(error.Length > 0 ? error : output)}");
    }

    /// <summary>The tasks of jobs that Slurm still knows, by job and number.</summary>
    /// <param name="jobs">Numbers of jobs.</param>
    /// <exception cref="RadaptException">Slurm does not answer.</exception>
    public IReadOnlyDictionary<(string Job, int Task), SlurmTask> Read(IReadOnlyCollection<string> jobs)
    {
        (bool succeeded, string output, string error) = commands.Run("squeue", "--me", "--array", "--noheader", "--format=%F|%K|%T");
        if (!succeeded)
        {
            throw new RadaptException($"squeue does not answer: {FirstLine(error)}");
        }

        // Asked first: what ends meanwhile counts as live until the next look, and not as lost.
        var tasks = new Dictionary<(string Job, int Task), SlurmTask>();
        foreach (string[] row in Rows(output).Where(r => r.Length == 3 && jobs.Contains(r[0])))
        {
            foreach (int task in Numbers(row[1]))
            {
                tasks[(row[0], task)] = new SlurmTask(row[2], IsLive: true);
            }
        }

        foreach (string job in jobs)
        {
            AddEnded(job, tasks);
        }

        return tasks;
    }

    private void AddEnded(string job, Dictionary<(string Job, int Task), SlurmTask> tasks)
    {
        (bool succeeded, string output, _) = commands.Run(
            "sacct", $"--jobs={job}", "--allocations", "--noheader", "--parsable2", "--format=JobID,State");
        if (succeeded && output.Trim().Length > 0)
        {
            foreach (string[] row in Rows(output))
            {
                Add(row[0].Split('_') is [_, string numbers] ? numbers : "", row[^1]);
            }

            return;
        }

        (_, output, _) = commands.Run("scontrol", "--oneliner", "show", "job", job); // an error: it has forgotten the job
        foreach (string line in output.Split('\n'))
        {
            Add(TaskOf().Match(line).Groups[1].Value, StateOf().Match(line).Groups[1].Value);
        }

        // `CANCELLED by 1000` is one state; what still waits or runs is read from squeue.
        void Add(string numbers, string state)
        {
            if (state.Split(' ')[0] is { Length: > 0 } word and not ("PENDING" or "RUNNING" or "COMPLETING"))
            {
                foreach (int task in Numbers(numbers))
                {
                    tasks.TryAdd((job, task), new SlurmTask(word, IsLive: false));
                }
            }
        }
    }

    private static IEnumerable<string[]> Rows(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Split('|'));

    // 3, or tasks that never began together: 3-4,6 with a limit %2, which sacct puts in brackets.
    private static IEnumerable<int> Numbers(string text)
    {
        foreach (string part in text.Trim('[', ']').Split('%')[0].Split(','))
        {
            int?[] ends = [.. part.Split('-').Select(Number)];
            if (ends is [{ } first, ..] && ends[^1] is { } last && last - first <= LargestArray)
            {
                for (int number = first; number <= last; number++)
                {
                    yield return number;
                }
            }
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string FirstLine(string text) =>
        text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it wrote nothing";

    [GeneratedRegex(@"\bArrayTaskId=(\S+)")]
    private static partial Regex TaskOf();

    [GeneratedRegex(@"\bJobState=(\S+)")]
    private static partial Regex StateOf();
}
