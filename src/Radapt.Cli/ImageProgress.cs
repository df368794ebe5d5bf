using System.Diagnostics;
using System.Globalization;

namespace Radapt.Cli;

/// <summary>Images done, their rate and the time left: in a line that is drawn over again on a terminal, now and then in a log.</summary>
/// <param name="terminal">Where it is shown.</param>
/// <param name="line">Draws the line over again.</param>
/// <param name="total">Images.</param>
/// <param name="before">Images that an earlier session did.</param>
internal sealed class ImageProgress(Terminal terminal, Action<string> line, int total, int before = 0)
{
    private static readonly TimeSpan s_live = TimeSpan.FromSeconds(0.2), s_log = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = terminal.IsLive ? s_live : s_log;

    /// <summary>So many images are done, those of earlier sessions included.</summary>
    public void Report(int done)
    {
        TimeSpan since = _watch.Elapsed;
        if (since < _next || done <= before)
        {
            return;
        }

        _next = since + (terminal.IsLive ? s_live : s_log);
        double rate = (done - before) / since.TotalSeconds;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{Figures.Count(done)} of {Figures.Count(total)} images, {Figures.Rate(rate)} a second, ")
            + $"{Figures.Duration(TimeSpan.FromSeconds((total - done) / rate))} left";
        if (terminal.IsLive)
        {
            line(text);
        }
        else
        {
            terminal.Line(text);
        }
    }
}
