using System.Diagnostics;
using System.Globalization;

namespace Radapt.Cli;

/// <summary>
/// How far some work is: a line that is drawn over again on a terminal; in a log a line now and then. Any thread may report at any time.
/// </summary>
internal sealed class LiveReport
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(0.5); // soon after the start something is seen
    private readonly Action<string> _show;
    private readonly TimeSpan _interval;
    private readonly Lock _lock = new();
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private TimeSpan _next = s_first;

    private LiveReport(Action<string> show, TimeSpan interval) => (_show, _interval) = (show, interval);

    /// <summary>Told how many files' headers were read, of how many.</summary>
    public IProgress<(int Read, int Files)> Headers => new HeaderProgress(this);

    /// <summary>Does the work; what is shown of it on a terminal is gone afterwards. Always on standard error.</summary>
    public static T Run<T>(Func<LiveReport, T> work)
    {
        var terminal = new Terminal(onStandardError: true);
        return terminal.WithLiveLine(line => work(terminal.IsLive
            ? new LiveReport(line, TimeSpan.FromSeconds(0.2))
            : new LiveReport(text => terminal.Line(text), TimeSpan.FromSeconds(15))));
    }

    /// <summary>Shows a line if it is time for one.</summary>
    public void Report(Func<string> text)
    {
        if (_since.Elapsed < _next || !_lock.TryEnter())
        {
            return;
        }

        try
        {
            _since.Restart();
            _next = _interval;
            _show(text());
        }
        finally
        {
            _lock.Exit();
        }
    }

    private sealed class HeaderProgress(LiveReport report) : IProgress<(int Read, int Files)>
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();

        public void Report((int Read, int Files) value) => report.Report(() =>
        {
            TimeSpan left = _since.Elapsed / value.Read * (value.Files - value.Read);
            return string.Create(CultureInfo.InvariantCulture,
                $"headers of {value.Read:N0} of {Plural.Count(value.Files, "file")}, {Figures.Duration(left)} left");
        });
    }
}
