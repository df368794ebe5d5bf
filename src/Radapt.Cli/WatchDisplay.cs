using System.Text.Json.Nodes;
using Radapt.Pacs.Sending;
using Radapt.Pacs.Watching;

namespace Radapt.Cli;

/// <summary>What a session of <c>radapt watch</c> or <c>radapt results</c> shows: a line for each file without results, and the counts at
/// the end.</summary>
/// <param name="terminal">Where to.</param>
internal sealed class WatchDisplay(Terminal terminal)
{
    private const int MostLines = 1000; // of files without results; the journal has all

    private readonly Lock _gate = new(); // results are sent on another thread
    private readonly int[] _files = new int[Enum.GetValues<WatchOutcome>().Length];
    private int _results;
    private int _lines;

    /// <summary>A file failed.</summary>
    public bool HasFailures => Count(WatchOutcome.Failed) > 0;

    /// <summary>Every image has results.</summary>
    public bool IsComplete => !HasFailures && Count(WatchOutcome.Refused) == 0;

    /// <summary>Shows what became of a file.</summary>
    public void Add(WatchEntry entry)
    {
        lock (_gate)
        {
            _files[(int)entry.Outcome]++;
            _results += entry.Results;
            if (entry.Outcome is WatchOutcome.Refused or WatchOutcome.Failed && ++_lines <= MostLines)
            {
                string refused = entry.Outcome == WatchOutcome.Refused ? "refused: " : "";
                terminal.Line($"radapt: {entry.File ?? "a file"}: {refused}{entry.Reason}");
            }
        }
    }

    /// <summary>Shows why results are not sent.</summary>
    public void Problem(string problem)
    {
        lock (_gate)
        {
            terminal.Line($"radapt: {problem}");
        }
    }

    /// <summary>Shows the counts.</summary>
    /// <param name="output">The folder of the results.</param>
    /// <param name="sender">Null: results are not sent.</param>
    /// <param name="unsent">Results that wait to be sent.</param>
    /// <param name="json">Also as JSON.</param>
    public void Finish(string output, ResultSender? sender, int unsent, bool json)
    {
        (int done, int refused, int failed) = (Count(WatchOutcome.Done), Count(WatchOutcome.Refused), Count(WatchOutcome.Failed));
        string sent = sender is null ? ""
            : $"; {Figures.Count(sender.Sent)} sent{(unsent == 0 ? "" : $", {Figures.Count(unsent)} wait to be sent")}";
        terminal.Line($"{output}: {Plural.Count(_results, "new result")} for {Plural.Count(done, "image")}"
            + $"{(refused == 0 ? "" : $"; {Figures.Count(refused)} refused")}"
            + $"{(failed == 0 ? "" : $"; {Figures.Count(failed)} failed")}{sent}");
        if (json)
        {
            Terminal.WriteJson(new JsonObject
            {
                ["out"] = Path.GetFullPath(output),
                ["done"] = done,
                ["refused"] = refused,
                ["failed"] = failed,
                ["skipped"] = Count(WatchOutcome.Skipped),
                ["results"] = _results,
                ["sent"] = sender?.Sent,
                ["rejected"] = sender?.Rejected,
                ["unsent"] = sender is null ? null : unsent,
            });
        }
    }

    private int Count(WatchOutcome outcome) => _files[(int)outcome];
}
