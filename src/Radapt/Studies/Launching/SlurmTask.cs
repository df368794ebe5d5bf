namespace Radapt.Studies.Launching;

/// <summary>What Slurm says of a task of an array.</summary>
/// <param name="State">In Slurm's words, such as <c>RUNNING</c> or <c>OUT_OF_MEMORY</c>.</param>
/// <param name="IsLive">It waits or runs.</param>
internal sealed record SlurmTask(string State, bool IsLive)
{
    /// <summary>It runs.</summary>
    public bool IsRunning => IsLive && State is not ("PENDING" or "REQUEUED" or "REQUEUE_HOLD" or "SPECIAL_EXIT");

    /// <summary>A person ended it, or it would end in the same way again.</summary>
    public bool IsFinal => !IsLive && State is "CANCELLED" or "OUT_OF_MEMORY" or "DEADLINE";
}
