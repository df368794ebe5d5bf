namespace Radapt.Studies;

/// <summary>How far a queue of jobs is.</summary>
/// <param name="Done">Jobs that are done, those of earlier sessions included.</param>
/// <param name="Jobs">All jobs.</param>
/// <param name="TimeLeft">An estimate for the rest; null: too early to say.</param>
/// <param name="Finished">The job that was just finished; null: a session begins.</param>
internal sealed record JobProgress(int Done, int Jobs, TimeSpan? TimeLeft, Job? Finished);
