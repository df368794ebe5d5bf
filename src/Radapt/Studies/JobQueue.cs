using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Radapt.Studies;

/// <summary>
/// Does jobs on several threads, one job at a time on each. Small models gain little from more threads for a matrix product, and a job
/// on one thread gives the same bits whatever else runs.
/// </summary>
/// <param name="jobs">In the order in which they are begun, as far as what they wait for is done.</param>
/// <param name="threads">Jobs at a time; at least 1.</param>
internal sealed class JobQueue(IReadOnlyList<Job> jobs, int threads)
{
    private readonly Lock _reporting = new();
    private readonly object _changed = new();
    private readonly HashSet<Job> _begun = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Job> _done = new(ReferenceEqualityComparer.Instance);
    private readonly Stopwatch _watch = new();
    private double _costDone; // of this session
    private ExceptionDispatchInfo? _failure;

    /// <summary>Told how far it is; one call at a time, from any of the threads.</summary>
    public Action<JobProgress>? OnProgress { get; init; }

    /// <summary>Called on each of the threads before its first job.</summary>
    public Action? OnThread { get; init; }

    /// <summary>Does all jobs. The first failure ends the others, too, and is thrown.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(CancellationToken cancellation)
    {
        foreach (Job job in jobs.Where(j => j.IsDone))
        {
            _begun.Add(job);
            _done.Add(job);
        }

        _watch.Start();
        OnProgress?.Invoke(new JobProgress(_done.Count, jobs.Count, null, null));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Thread[] workers =
        [
            .. Enumerable.Range(0, Math.Min(threads, Math.Max(1, jobs.Count - _done.Count)))
                .Select(i => new Thread(() => Work(stop), maxStackSize: 16 << 20) { IsBackground = true, Name = $"job {i + 1}" }),
        ];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        _failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
    }

    private void Work(CancellationTokenSource stop)
    {
        try
        {
            OnThread?.Invoke();
            while (Next(stop.Token) is { } job)
            {
                job.Work(stop.Token);
                Finish(job);
            }
        }
        catch (Exception e)
        {
            lock (_changed)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
                stop.Cancel();
                Monitor.PulseAll(_changed);
            }
        }
    }

    // Null: none is left, or all is to stop.
    private Job? Next(CancellationToken stop)
    {
        lock (_changed)
        {
            while (!stop.IsCancellationRequested && _begun.Count < jobs.Count)
            {
                if (jobs.FirstOrDefault(j => !_begun.Contains(j) && (j.After is null || _done.Contains(j.After))) is { } job)
                {
                    _begun.Add(job);
                    return job;
                }

                Monitor.Wait(_changed, TimeSpan.FromSeconds(1)); // a cancellation does not wake it
            }

            return null;
        }
    }

    private void Finish(Job job)
    {
        lock (_changed)
        {
            _done.Add(job);
            _costDone += job.Cost;
            Monitor.PulseAll(_changed);
        }

        lock (_reporting)
        {
            OnProgress?.Invoke(Progress(job));
        }
    }

    private JobProgress Progress(Job job)
    {
        lock (_changed)
        {
            double inWork = jobs.Where(j => _begun.Contains(j) && !_done.Contains(j)).Sum(j => j.Cost) / 2; // on average, half is done
            double left = jobs.Where(j => !_done.Contains(j)).Sum(j => j.Cost) - inWork;
            return new JobProgress(_done.Count, jobs.Count, _watch.Elapsed * (left / (_costDone + inWork)), job);
        }
    }
}
