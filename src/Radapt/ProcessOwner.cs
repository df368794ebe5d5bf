using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Radapt;

/// <summary>A process on a machine. The start time tells it from a later process of the same number.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="ProcessId">Its number there.</param>
/// <param name="Started">When it started.</param>
internal sealed record ProcessOwner(string Host, int ProcessId, DateTimeOffset Started)
{
    // start times are computed from the clock, which may be set meanwhile
    private static readonly TimeSpan s_clockSteps = TimeSpan.FromSeconds(2);

    /// <summary>This process.</summary>
    public static ProcessOwner This { get; } =
        new(Environment.MachineName, Environment.ProcessId, StartOf(Process.GetCurrentProcess())!.Value);

    /// <summary>
    /// Whether it still runs; null: on another machine, where nobody here can tell.
    /// </summary>
    public bool? IsAlive()
    {
        if (Host != This.Host)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !HasEnded(ProcessId) && (StartOf(process) is not { } started || (started - Started).Duration() <= s_clockSteps);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"process {ProcessId} on {Host}, started {Started.ToLocalTime():yyyy-MM-dd HH:mm:ss}");

    // A process that has ended keeps its number until its parent asks how; the state follows the name, which is in brackets.
    private static bool HasEnded(int process)
    {
        try
        {
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{process}/stat") is var stat
                && stat[(stat.LastIndexOf(')') + 1)..].TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the others tell
        }
    }

    // Null: it may not be asked, or has just ended.
    private static DateTimeOffset? StartOf(Process process)
    {
        try
        {
            return process.StartTime;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
