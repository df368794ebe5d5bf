using System.Diagnostics;
using System.Reflection;

namespace Radapt.Benchmarks;

/// <summary>Starts a program as a process of its own, whose peak memory and allocator are not those of the one that asks.</summary>
internal static class OwnProcess
{
    /// <summary>How to start a program of this application; standard input and output are redirected, standard error is shared.</summary>
    /// <param name="program">The program's assembly; its launcher is beside it.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfo(Assembly program, params IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(program);
        string running = Environment.ProcessPath!;
        string library = Path.Combine(AppContext.BaseDirectory, program.GetName().Name + ".dll");
        string launcher = Path.ChangeExtension(library, OperatingSystem.IsWindows() ? ".exe" : null);
        bool isHosted = !File.Exists(launcher) && File.Exists(library); // by the command dotnet
        string file = isHosted ? running : File.Exists(launcher) ? launcher : running;
        return new ProcessStartInfo(file, isHosted ? [library, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program's assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>What it wrote on standard output.</returns>
    /// <exception cref="RadaptException">It ended with an error, which it has written on standard error.</exception>
    public static string Run(Assembly program, IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments) };
        process.Start();
        process.StandardInput.Close();
        using CancellationTokenRegistration registration = cancellation.Register(() => End(process));
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return process.ExitCode == 0 ? output
            : throw new RadaptException(
                $"The measuring process ended with exit code {process.ExitCode}; 137 usually means "
                    + "that it was killed because memory ran out.");
    }

    /// <summary>Ends a process that may have ended already.</summary>
    public static void End(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // it has
        }
    }
}
