using System.Globalization;

namespace Radapt.Cli;

/// <summary>Turns an exception into one line on standard error and an exit code.</summary>
internal static class Failures
{
    public static int Report(Exception error, bool verbose)
    {
        // Work on other threads, and static initialisers, wrap what happened.
        Exception cause = error;
        while (cause is AggregateException or TypeInitializationException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        (int code, string line) = cause switch
        {
            OperationCanceledException => (ExitCode.Interrupted, cause is InterruptedException ? cause.Message : "interrupted; nothing was written."),
            RadaptException => (ExitCode.BadInput, cause.Message),
            _ => (ExitCode.OwnFailure, $"{cause.GetType().Name}: {cause.Message} This is a fault of radapt itself{Details(error, verbose)}."),
        };
        Console.Error.WriteLine($"radapt: {OneLine(line)}");
        if (verbose && code != ExitCode.Interrupted)
        {
            Console.Error.WriteLine(error);
        }

        return code;
    }

    /// <summary>A text without line breaks and other control characters.</summary>
    public static string OneLine(string text) =>
        PrintableText.Escape(string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? '\n' : c)]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    private static string Details(Exception error, bool verbose)
    {
        if (verbose)
        {
            return "";
        }

        string file = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"radapt-failure-{DateTime.Now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt"));
        try
        {
            File.WriteAllText(file, $"{Environment.CommandLine}\n{error}\n");
            return $"; details are in {file}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "; --verbose shows details";
        }
    }
}

/// <summary>The user interrupted a command; the message says what is left and how to go on.</summary>
#pragma warning disable CA1032 // thrown in one place, always with a message
internal sealed class InterruptedException(string message) : OperationCanceledException(message);
#pragma warning restore CA1032
