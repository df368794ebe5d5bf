using System.Globalization;
using Radapt.Distribution;

namespace Radapt.Cli;

/// <summary>
/// The job that <c>mpirun</c> started this process in. Rank 0 is the command as people know it. The other ranks take its recipe, compute
/// with it, and neither print nor write anything.
/// </summary>
internal static class Ranks
{
    // Set by Open MPI's mpirun for every process that it starts.
    private const string SizeVariable = "OMPI_COMM_WORLD_SIZE";
    private const string RankVariable = "OMPI_COMM_WORLD_RANK";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static MpiProcessGroup? s_group;

    /// <summary>Whether this process is one of several ranks that work together.</summary>
    public static bool AreSeveral => s_group is not null;

    /// <summary>Joins the other ranks, once in a process.</summary>
    /// <param name="interrupted">Ends the waiting of rank 0.</param>
    /// <returns>This process by itself, unless <c>mpirun</c> started several.</returns>
    /// <exception cref="RadaptException">Open MPI's library cannot be loaded.</exception>
    public static IProcessGroup Join(CancellationToken interrupted)
    {
        if (Number(SizeVariable) <= 1)
        {
            return SingleProcess.Instance;
        }

        s_group = new MpiProcessGroup(interrupted);
        return s_group;
    }

    /// <summary>Lets rank 0 report what is wrong with the command line that all ranks have; mpirun then ends the others.</summary>
    public static void LetFirstReport()
    {
        if (Number(RankVariable, least: 0) > 0)
        {
            Thread.Sleep(s_patience);
        }
    }

    /// <summary>Waits for the other ranks and leaves the job.</summary>
    public static void Leave() => s_group?.Leave();

    /// <summary>
    /// Ends the job: an error of any rank ends all of them, after the line that says why. A rank that is only told to stop waits until
    /// rank 0 has saved the run.
    /// </summary>
    /// <param name="error">Why.</param>
    /// <param name="report">Prints the line, given what to put before it, and returns the exit code.</param>
    /// <returns>The exit code, where this is the only process.</returns>
    public static int End(Exception error, Func<string, int> report)
    {
        if (s_group is null)
        {
            return report("");
        }

        if (s_group.Rank > 0 && error is OperationCanceledException)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        int code = report(s_group.Rank == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"rank {s_group.Rank} of {s_group.Size} (on {Environment.MachineName}): "));
        s_group.Abort(code);
        return code;
    }

    private static int Number(string variable, int least = 1) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Math.Max(least, number) : least;
}
