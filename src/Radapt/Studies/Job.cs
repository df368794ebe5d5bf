namespace Radapt.Studies;

/// <summary>A part of a study that one thread does.</summary>
/// <param name="Title">For people.</param>
/// <param name="Cost">What it takes, in any unit that all jobs of a queue share.</param>
/// <param name="Work">Does it. Told when to stop; what it has done by then is kept, and another session goes on with it.</param>
/// <param name="After">Another job that must be done before; null: none.</param>
internal sealed record Job(string Title, double Cost, Action<CancellationToken> Work, Job? After = null)
{
    /// <summary>Whether an earlier session did it.</summary>
    public bool IsDone { get; init; }

    /// <summary>
    /// Takes the job for this process, where several share the jobs; the claim ends with the job. Null from it: another process has it.
    /// </summary>
    public Func<IJobClaim?>? Claim { get; init; }

    /// <summary>Whether nothing is left to do, since another process did it; null: there are no others.</summary>
    public Func<bool>? IsSettled { get; init; }
}
