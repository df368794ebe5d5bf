namespace Radapt.Studies.Planning;

/// <summary>
/// What a study takes on another number of cores of this kind. Runs are independent, so they run side by side, as many as there are cores;
/// side by side each runs at <see cref="Efficiency"/> of its speed alone, since they share the memory's bandwidth. Cores that are left over
/// go to the runs as threads, from which a run gains by Amdahl's law with <see cref="ParallelShare"/>. No run is split.
/// </summary>
internal static class ScalingModel
{
    /// <summary>Speed of a run beside others, relative to alone: an assumption.</summary>
    public const double Efficiency = 0.8;

    /// <summary>The share of a run's time that more threads make shorter: an assumption.</summary>
    public const double ParallelShare = 0.95;

    /// <summary>Time of all runs.</summary>
    /// <param name="runs">Time of each run alone, with <paramref name="threads"/> threads.</param>
    /// <param name="threads">Threads that the times were measured with.</param>
    /// <param name="cores">Cores of the other machine.</param>
    public static TimeSpan Time(IReadOnlyList<TimeSpan> runs, int threads, int cores)
    {
        if (runs.Count == 0)
        {
            return TimeSpan.Zero;
        }

        int sideBySide = SideBySide(runs.Count, threads, cores);
        double factor = Speed(threads) / Speed((double)cores / sideBySide) / (sideBySide > 1 ? Efficiency : 1);
        return Makespan(runs.Select(r => r * factor), sideBySide);
    }

    /// <summary>Runs at a time.</summary>
    public static int SideBySide(int runs, int threads, int cores) => Math.Max(1, Math.Min(runs, cores / threads));

    /// <summary>Time until the last run ends, where the longest begin first.</summary>
    public static TimeSpan Makespan(IEnumerable<TimeSpan> runs, int sideBySide)
    {
        var busy = new PriorityQueue<TimeSpan, TimeSpan>(Enumerable.Repeat((TimeSpan.Zero, TimeSpan.Zero), sideBySide));
        TimeSpan end = TimeSpan.Zero;
        foreach (TimeSpan run in runs.OrderDescending())
        {
            TimeSpan ends = busy.Dequeue() + run;
            busy.Enqueue(ends, ends);
            end = ends > end ? ends : end;
        }

        return end;
    }

    // Amdahl (1967), relative to one thread.
    private static double Speed(double threads) => 1 / (1 - ParallelShare + (ParallelShare / threads));
}
