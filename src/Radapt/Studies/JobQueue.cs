using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Radapt.Studies;

/// <summary>
/// Does jobs on several threads, one job at a time on each. Small models gain little from more threads for a matrix product, and a job
/// on one thread gives the same bits whatever else runs. Several processes can share the jobs by claims.
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
    private double _costDone; // since this session began, by whomever
    private ExceptionDispatchInfo? _failure;

    /// <summary>Told how far it is; one call at a time, from any of the threads.</summary>
    public Action<JobProgress>? OnProgress { get; init; }

    /// <summary>Called on each of the threads before its first job.</summary>
    public Action? OnThread { get; init; }

    /// <summary>Told that a job failed; true: the others go on. Null: the first failure ends all.</summary>
    public Func<Job, Exception, bool>? OnFailure { get; init; }

    /// <summary>Whether to wait for jobs that other processes have, and take them over if those end.</summary>
    public bool WaitsForOthers { get; init; } = true;

    /// <summary>How often it is looked whether a job of another process is free.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Does all jobs. The first failure ends the others, too, and is thrown, unless <see cref="OnFailure"/> accepts it.</summary>
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
            while (Next(stop.Token) is var (job, claim))
            {
                Do(job, claim, stop.Token);
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

    private void Do(Job job, IJobClaim? claim, CancellationToken stop)
    {
        using (claim)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, claim?.Lost ?? CancellationToken.None);
            try
            {
                job.Work(ended.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested && ended.IsCancellationRequested)
            {
                lock (_changed)
                {
                    _begun.Remove(job); // it is another's now
                }

                return;
            }
            catch (Exception e) when (e is not OperationCanceledException && OnFailure?.Invoke(job, e) == true)
            {
                // it counts as done: nothing waits for it here
            }
        }

        Finish(job);
    }

    // Null: none is left, or all is to stop.
    private (Job Job, IJobClaim? Claim)? Next(CancellationToken stop)
    {
        lock (_changed)
        {
            while (!stop.IsCancellationRequested && _begun.Count < jobs.Count)
            {
                bool isOthers = false;
                foreach (Job job in jobs.Where(j => !_begun.Contains(j) && (j.After is null || _done.Contains(j.After))))
                {
                    IJobClaim? claim = job.Claim?.Invoke();
                    if (claim is null && job.Claim is not null)
                    {
                        isOthers = true;
                        continue;
                    }

                    _begun.Add(job);
                    if (job.IsSettled?.Invoke() != true)
                    {
                        return (job, claim);
                    }

                    claim?.Dispose();
                    Finish(job);
                    isOthers = false;
                    break;
                }

                if (isOthers && !WaitsForOthers)
                {
                    return null;
                }

                if (_begun.Count < jobs.Count && !CanBegin())
                {
                    Monitor.Wait(_changed, Poll); // a cancellation does not wake it
                }

                // The last job looked at was settled: look on at once.
                bool CanBegin() => !isOthers && jobs.Any(j => !_begun.Contains(j) && (j.After is null || _done.Contains(j.After)));
            }

            return null;
        }
    }

    private void Finish(Job job)
    {
        JobProgress progress;
        lock (_changed)
        {
            _done.Add(job);
            _costDone += job.Cost;
            Monitor.PulseAll(_changed);
            progress = Progress(job);
        }

        lock (_reporting)
        {
            OnProgress?.Invoke(progress);
        }
    }

    private JobProgress Progress(Job job)
    {
        double inWork = jobs.Where(j => _begun.Contains(j) && !_done.Contains(j)).Sum(j => j.Cost) / 2; // on average, half is done
        double left = jobs.Where(j => !_done.Contains(j)).Sum(j => j.Cost) - inWork;
        return new JobProgress(_done.Count, jobs.Count, _watch.Elapsed * (left / (_costDone + inWork)), job);
    }
}
