using System.ComponentModel;
using System.Diagnostics;

namespace Radapt.Studies.Launching;

/// <summary>The commands as processes.</summary>
internal sealed class SchedulerCommands : ISchedulerCommands
{
    /// <inheritdoc/>
    public (bool Succeeded, string Output, string Error) Run(string command, params IReadOnlyList<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode == 0, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new RadaptException(
                $"{command}: cannot be started ({e.Message}). --launcher slurm needs Slurm's commands; run it on a login node of the cluster.", e);
        }
    }
}
