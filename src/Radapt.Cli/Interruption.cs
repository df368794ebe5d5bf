using System.Runtime.InteropServices;

namespace Radapt.Cli;

/// <summary>
/// Ctrl-C, SIGTERM, and SIGHUP, which a lost connection sends: the first asks the command to stop, the second ends the process at once.
/// Where a
/// command has nothing to save, the first ends it.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Interruption() => _signals =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, Handle)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the first signal ends the process.</summary>
    public bool EndsProcess { get; set; }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            return; // the default, which ends the process
        }

        context.Cancel = true;
        if (EndsProcess)
        {
            UnfinishedFiles.Remove();

            // While nobody reads what the command prints, it waits in the middle of a write, which keeps others from the console.
            var report = new Thread(() => Failures.Report(new OperationCanceledException(), verbose: false)) { IsBackground = true };
            report.Start();
            report.Join(s_patience);
            Environment.Exit(ExitCode.Interrupted);
        }

        _source.Cancel();
    }
}
