namespace Radapt.Studies;

/// <summary>A job that this process has taken, so that no other does it. Disposing it gives the job up.</summary>
internal interface IJobClaim : IDisposable
{
    /// <summary>Cancelled when the job turns out to be another process's after all.</summary>
    CancellationToken Lost { get; }
}
