using System.Diagnostics;
using System.Text.RegularExpressions;
using Radapt.Benchmarks;
using Radapt.Cli;

namespace Radapt.Bench.Service;

/// <summary><c>radapt serve</c> as a process of its own, on a free port of this machine.</summary>
internal sealed partial class ServedProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ServedProcess(Process process, Uri address, Task<string> output) =>
        (_process, Address, _output, _error) = (process, address, output, process.StandardError.ReadToEndAsync());

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Resident memory now, MiB.</summary>
    public double MemoryMib => Mib(p => p.WorkingSet64);

    /// <summary>Largest resident memory so far, MiB.</summary>
    public double PeakMemoryMib => Mib(p => p.PeakWorkingSet64);

    /// <summary>Starts it, and waits until its models are open.</summary>
    /// <param name="arguments">Models and options of <c>radapt serve</c>; the port is chosen here.</param>
    /// <exception cref="RadaptException">It ended; the message has what it said.</exception>
    public static Task<ServedProcess> StartAsync(params IReadOnlyList<string> arguments) => StartAsync(_ => { }, arguments);

    /// <summary>The same with another working folder or environment.</summary>
    /// <param name="prepare">Changes how the process is started.</param>
    /// <param name="arguments">As there.</param>
    /// <exception cref="RadaptException">As there.</exception>
    public static async Task<ServedProcess> StartAsync(Action<ProcessStartInfo> prepare, params IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = OwnProcess.StartInfo(typeof(ServeCommand).Assembly, ["serve", .. arguments, "--port", "0"]);
        start.RedirectStandardError = true;
        prepare(start);
        var process = new Process { StartInfo = start };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync(); // its log; always read, so that it never waits for a reader
        var said = new List<string>();
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                return new ServedProcess(process, new Uri(match.Value), output);
            }

            said.Add(line);
        }

        await process.WaitForExitAsync();
        process.Dispose();
        throw new RadaptException($"radapt serve ended before it listened: {string.Join(' ', said)}");
    }

    /// <summary>Ends it as a power failure would: without a chance to tidy up.</summary>
    /// <returns>What it has written on standard output and standard error since it listens.</returns>
    public string Kill()
    {
        OwnProcess.End(_process);
        _process.WaitForExit();
        return _output.GetAwaiter().GetResult() + _error.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private double Mib(Func<Process, long> bytes)
    {
        _process.Refresh();
        return bytes(_process) / (1024.0 * 1024);
    }

    [GeneratedRegex("https?://[0-9a-z.:\\[\\]-]+")]
    private static partial Regex Listening();
}
