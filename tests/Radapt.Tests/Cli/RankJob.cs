using System.Diagnostics;

namespace Radapt.Tests.Cli;

/// <summary><c>mpirun -n N radapt …</c>. Skips the calling test where Open MPI is not installed.</summary>
internal static class RankJob
{
    // As root, and with more ranks than cores: what test machines need, and users may not want.
    private static readonly Dictionary<string, string> s_variables = new()
    {
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
    };

    /// <summary>Runs to the end.</summary>
    public static async Task<RadaptResult> Run(string folder, int ranks, params string[] arguments)
    {
        using RadaptProcess process = Start(folder, ranks, null, arguments);
        return await process.End();
    }

    /// <summary>Starts; see <see cref="RadaptProcess.Awaited"/>.</summary>
    public static RadaptProcess Start(string folder, int ranks, string? awaited, params string[] arguments)
    {
        string? mpirun = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(p => Path.Combine(p, "mpirun")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(mpirun is null, "mpirun (Open MPI) is not installed");
        return RadaptProcess.Start(folder, awaited, mpirun!, s_variables,
            ["--oversubscribe", "-n", $"{ranks}", RadaptProcess.File, .. arguments]);
    }

    /// <summary>Kills a rank as <c>kill -9</c> does.</summary>
    /// <param name="rank">Which.</param>
    /// <param name="argument">A word of its command line that no other job has.</param>
    public static void Kill(int rank, string argument)
    {
        int id = Processes(argument).Single(n => Reads(n, "environ").Contains($"OMPI_COMM_WORLD_RANK={rank}"));
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>Waits until the processes of a job are gone: <c>mpirun</c> ends before the last of them.</summary>
    /// <param name="argument">A word of their command line that no other job has.</param>
    public static async Task Gone(string argument)
    {
        while (Processes(argument).Any())
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static IEnumerable<int> Processes(string argument) =>
        Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out int n) ? n : 0)
            .Where(n => n > 0 && Reads(n, "cmdline").Contains(argument) && Reads(n, "environ").Length > 0);

    private static string[] Reads(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it has ended, or is not ours
        }
    }
}
