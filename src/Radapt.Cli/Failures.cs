using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Radapt.Cli;

/// <summary>Turns an exception into one line on standard error and an exit code.</summary>
internal static class Failures
{
    /// <summary>Words that a command line may hold and that say nothing of anyone: names of commands and options.</summary>
    public static IReadOnlySet<string> CommandWords { get; set; } = new HashSet<string>();

    /// <summary>Prints the line.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="verbose">With a stack trace.</param>
    /// <param name="json">Also as a JSON object on standard output, where a program that asked for JSON reads.</param>
    /// <param name="where">What is put before the line, such as the rank.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception error, bool verbose, bool json = false, string where = "")
    {
        // Work on other threads, and static initialisers, wrap what happened.
        Exception cause = error;
        while (cause is AggregateException or TypeInitializationException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        (int code, string line) = cause switch
        {
            OperationCanceledException => (ExitCode.Interrupted, cause is InterruptedException ? cause.Message
                : "interrupted; nothing was written."),
            RadaptException => (ExitCode.BadInput, cause.Message),
            _ => (ExitCode.OwnFailure, $"{FaultLine(cause)}{Details(error, verbose)}."),
        };
        Console.Error.WriteLine($"radapt: {where}{OneLine(line)}");
        if (json)
        {
            Terminal.WriteJson(new JsonObject { ["error"] = OneLine(line), ["exit_code"] = code });
        }

        if (verbose && code != ExitCode.Interrupted)
        {
            Console.Error.WriteLine(error);
        }

        return code;
    }

    /// <summary>
    /// How the line of a fault begins. Its own message stays out, since it may hold a path that names a patient; --verbose shows it.
    /// </summary>
    internal static string FaultLine(Exception fault) => $"this is a bug in radapt itself ({fault.GetType().Name}), not in your data";

    /// <summary>A text without line breaks and other control characters.</summary>
    public static string OneLine(string text) =>
        PrintableText.Escape(
            string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? '\n' : c)]).Split('\n',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    private static string Details(Exception error, bool verbose)
    {
        if (verbose)
        {
            return "";
        }

        string? file = WriteDetails(Path.GetTempPath(), error, Environment.GetCommandLineArgs().Skip(1));
        return file is null ? "; --verbose shows details" : $"; details are in {file}";
    }

    /// <summary>Writes where a fault arose, for whoever fixes it.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="error">The fault.</param>
    /// <param name="commandLine">What was typed; only <see cref="CommandWords"/> of it are written.</param>
    /// <returns>The file; null where none can be written.</returns>
    internal static string? WriteDetails(string folder, Exception error, IEnumerable<string> commandLine)
    {
        // Readable for this user alone, under a name that nobody can make beforehand, and without anything that was typed or read: paths
        // name patients.
        string file = Path.Combine(folder, $"radapt-failure-{Guid.NewGuid():N}.txt");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using var writer = new StreamWriter(file, options);
            writer.WriteLine(
                $"radapt {typeof(RadaptException).Assembly.GetName().Version?.ToString(3)}, {RuntimeInformation.FrameworkDescription}, "
                    + $"{RuntimeInformation.OSDescription}");
            writer.WriteLine(string.Join(' ', commandLine.Where(CommandWords.Contains)));
            for (Exception? e = error; e is not null; e = e.InnerException)
            {
                writer.WriteLine($"{e.GetType()}\n{e.StackTrace}");
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The user interrupted a command; the message says what is left and how to go on.</summary>
#pragma warning disable CA1032 // thrown in one place, always with a message
internal sealed class InterruptedException(string message) : OperationCanceledException(message);
#pragma warning restore CA1032
