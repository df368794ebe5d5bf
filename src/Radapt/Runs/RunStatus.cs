namespace Radapt.Runs;

/// <summary>How far a run is.</summary>
public enum RunStatus
{
    /// <summary>A session works on it, or was killed.</summary>
    Running,

    /// <summary>A session was asked to stop or met an error; the state is saved.</summary>
    Interrupted,

    /// <summary>It went to its end; nothing is left to resume.</summary>
    Complete,
}
