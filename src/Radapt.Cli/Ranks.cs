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
    private const string HostVariable = "OMPI_COMM_WORLD_LOCAL_SIZE";

    private static MpiProcessGroup? s_group;

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

        s_group = new MpiProcessGroup(Number(HostVariable), interrupted);
        return s_group;
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

    private static int Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Math.Max(1, number) : 1;
}
