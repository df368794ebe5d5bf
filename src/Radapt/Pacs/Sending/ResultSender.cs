namespace Radapt.Pacs.Sending;

/// <summary>
/// Sends what waits in a <see cref="ResultFolder"/>, one instance after the other. While the archive is away it waits, longer after each
/// attempt; an instance that the archive rejects stays where it is and is not sent again by this sender.
/// </summary>
/// <param name="client">The archive.</param>
/// <param name="folder">The results.</param>
/// <param name="clock">Waits; null: the machine's.</param>
internal sealed class ResultSender(StowClient client, ResultFolder folder, TimeProvider? clock = null)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1), s_longest = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly HashSet<string> _rejected = new(StringComparer.Ordinal);
    private string? _told;

    /// <summary>Results that the archive has taken from this sender.</summary>
    public int Sent { get; private set; }

    /// <summary>Results that it has rejected.</summary>
    public int Rejected => _rejected.Count;

    /// <summary>Told why results are not stored; the same reason is not told twice in a row.</summary>
    public Action<string> OnProblem { get; init; } = _ => { };

    /// <summary>Sends what waits now.</summary>
    /// <param name="attempts">Failed attempts in a row after which it gives up.</param>
    /// <param name="cancellation">Ends it; an instance that is under way may be sent again later, which changes nothing.</param>
    /// <returns>Results that still wait, rejected ones included.</returns>
    /// <exception cref="RadaptException">A file cannot be read or moved.</exception>
    public async Task<int> SendAsync(int attempts, CancellationToken cancellation)
    {
        for (int failed = 0; failed < attempts;)
        {
            StowReply? last = await PassAsync(cancellation).ConfigureAwait(false);
            if (last is null)
            {
                break;
            }

            if (++failed < attempts)
            {
                await Task.Delay(Wait(failed, last), _clock, cancellation).ConfigureAwait(false);
            }
        }

        return folder.Unsent().Count;
    }

    /// <summary>Sends whatever comes, until it is cancelled.</summary>
    /// <exception cref="RadaptException">A file cannot be read or moved.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        int failed = 0;
        while (!cancellation.IsCancellationRequested)
        {
            StowReply? last = await PassAsync(cancellation).ConfigureAwait(false);
            failed = last is null ? 0 : failed + 1;
            await Task.Delay(last is null ? s_shortest : Wait(failed, last), _clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>How long to wait after some failed attempts in a row: a second, then twice as long each time, or what the archive
    /// asks for; five minutes at most.</summary>
    internal static TimeSpan Wait(int failed, StowReply last)
    {
        TimeSpan own = s_shortest * Math.Pow(2, Math.Min(failed - 1, 20));
        TimeSpan asked = last.RetryAfter is { } later && later > own ? later : own;
        return asked < s_longest ? asked : s_longest;
    }

    // Null: everything is sent or rejected; else why the archive took nothing more.
    private async Task<StowReply?> PassAsync(CancellationToken cancellation)
    {
        foreach (string file in folder.Unsent().Where(f => !_rejected.Contains(f)))
        {
            StowReply reply = await client.SendAsync(Read(file), cancellation).ConfigureAwait(false);
            if (reply.Outcome == StowOutcome.Stored)
            {
                folder.MarkSent(file);
                Sent++;
                _told = null;
                continue;
            }

            Tell($"the archive: {reply.Reason}");
            if (reply.Outcome == StowOutcome.Unavailable)
            {
                return reply;
            }

            _rejected.Add(file);
        }

        return null;
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RadaptException.In(file, $"a result cannot be read ({e.Message}).", e);
        }
    }

    private void Tell(string problem)
    {
        if (problem != _told)
        {
            _told = problem;
            OnProblem(problem);
        }
    }
}
