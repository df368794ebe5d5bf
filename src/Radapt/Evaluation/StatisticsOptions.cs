namespace Radapt.Evaluation;

/// <summary>How intervals of a run's figures are computed.</summary>
internal sealed record StatisticsOptions
{
    /// <summary>The confidence of intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Resamples of the bootstrap.</summary>
    public int Replicates { get; init; } = 2000;

    /// <summary>Seed of the resamples: the same for all runs, so that they can be compared.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Patients with and, apart from these, without a finding that an interval needs. With fewer, intervals of 95 % miss the true value
    /// much more often than they say (docs/statistics.md).
    /// </summary>
    public int FewestPatients { get; init; } = 5;

    /// <summary>Threads of the bootstrap; 0: one per processor. The result is the same.</summary>
    public int Threads { get; init; }
}
