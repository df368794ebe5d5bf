namespace Radapt.Compute.Passes;

/// <summary>
/// Units of work that threads take one by one until none is left, so that all threads end at about the same time. Parallel.For by itself
/// hands out ranges that grow: near the end one thread works through a long range while the others wait.
/// </summary>
internal sealed class WorkUnits
{
    private readonly long _count;
    private long _taken;

    private WorkUnits(long count) => _count = count;

    /// <summary>Runs a worker on every thread and returns when all have ended.</summary>
    /// <param name="count">How many units there are.</param>
    /// <param name="threads">Threads at most.</param>
    /// <param name="worker">Takes units until there is none. Which worker takes which must change no result.</param>
    public static void Share(long count, int threads, Action<WorkUnits> worker)
    {
        var units = new WorkUnits(count);
        int workers = (int)Math.Min(count, threads);
        if (workers <= 1)
        {
            worker(units);
            return;
        }

        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => worker(units));
    }

    /// <summary>Takes the next unit; false: none is left.</summary>
    public bool TryTake(out long unit)
    {
        unit = Interlocked.Increment(ref _taken) - 1;
        return unit < _count;
    }
}
