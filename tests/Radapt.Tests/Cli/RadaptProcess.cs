using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Radapt.Tests.Cli;

/// <summary>What a finished <c>radapt</c> left behind.</summary>
internal sealed record RadaptResult(int ExitCode, string Output, string Error)
{
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    /// <summary>The only line on standard error, apart from the progress of headers, which a slow machine sees.</summary>
    public string ErrorLine => Assert.Single(
        Error.TrimEnd('\n', '\r').Split('\n'), l => !l.StartsWith("headers of ", StringComparison.Ordinal));

    /// <summary>This result, if the process ended with an exit code; else the test fails and shows what was said.</summary>
    public RadaptResult Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"exit code {ExitCode} instead of {exitCode}\n{Output}\n{Error}");
        return this;
    }
}

/// <summary>The built command line, run as a user runs it.</summary>
internal sealed partial class RadaptProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _seen = new();
    private readonly string? _awaited;
    private readonly Thread[] _readers; // of their own: the pool's threads, on a busy machine, read after the process has ended

    private RadaptProcess(string folder, string? awaited, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? variables = null, string? file = null)
    {
        _awaited = awaited;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(file ?? File, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        foreach ((string variable, string value) in variables ?? new Dictionary<string, string>())
        {
            _process.StartInfo.Environment[variable] = value;
        }

        _process.Start();
        _readers = [Read(_process.StandardOutput, _output), Read(_process.StandardError, _error)];
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<RadaptResult> Run(string folder, params string[] arguments)
    {
        using RadaptProcess process = Start(folder, null, arguments);
        return await process.End();
    }

    /// <summary>Runs to the end with variables set in its environment.</summary>
    public static async Task<RadaptResult> Run(string folder, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        using var process = new RadaptProcess(folder, null, arguments, variables);
        return await process.End();
    }

    /// <summary>Runs to the end; standard error is part of the output, each line where a terminal shows it.</summary>
    public static async Task<RadaptResult> RunInTerminal(string folder, params string[] arguments)
    {
        (string shell, string[] line) = OperatingSystem.IsWindows()
            ? ("cmd", (string[])["/d", "/c", File, .. arguments, "2>&1"])
            : ("sh", ["-c", "exec \"$0\" \"$@\" 2>&1", File, .. arguments]);
        using var process = new RadaptProcess(folder, null, line, null, shell);
        return await process.End();
    }

    /// <summary>Starts; see <see cref="Awaited"/>.</summary>
    public static RadaptProcess Start(string folder, string? awaited, params string[] arguments) => new(folder, awaited, arguments);

    /// <summary>Starts it by another program, such as <c>mpirun</c>.</summary>
    public static RadaptProcess Start(string folder, string? awaited, string program, IReadOnlyDictionary<string, string> variables,
        IEnumerable<string> arguments) => new(folder, awaited, arguments, variables, program);

    /// <summary>What is done at once when the awaited text is seen.</summary>
    public Action<RadaptProcess>? OnSeen { get; set; }

    /// <summary>Ends when a line that contains the awaited text was written, or the process has ended.</summary>
    public Task Awaited() => Task.WhenAny(_seen.Task, _process.WaitForExitAsync(TestContext.Current.CancellationToken));

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Assert.Equal(0, SendSignal(_process.Id, 2));

    /// <summary>What a lost connection sends.</summary>
    public void HangUp() => Assert.Equal(0, SendSignal(_process.Id, 1));

    /// <summary>What <c>kill</c> sends, to any process.</summary>
    public static void Terminate(Process process) => Assert.Equal(0, SendSignal(process.Id, 15));

    /// <summary>The executable.</summary>
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "radapt.exe" : "radapt");

    /// <summary>What nothing can catch.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the end.</summary>
    public async Task<RadaptResult> End()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        foreach (Thread reader in _readers)
        {
            reader.Join();
        }

        lock (_output)
        {
            return new RadaptResult(_process.ExitCode, _output.ToString(), _error.ToString());
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private Thread Read(StreamReader from, StringBuilder text)
    {
        var reader = new Thread(() =>
        {
            try
            {
                while (from.ReadLine() is { } line)
                {
                    Append(text, line);
                }
            }
            catch (Exception e) when (e is ObjectDisposedException or IOException or InvalidOperationException)
            {
                // disposed before its end
            }
        })
        { IsBackground = true };
        reader.Start();
        return reader;
    }

    private void Append(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            text.Append(line).Append('\n');
        }

        if (_awaited is not null && line.Contains(_awaited, StringComparison.Ordinal))
        {
            if (_seen.TrySetResult())
            {
                OnSeen?.Invoke(this);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
