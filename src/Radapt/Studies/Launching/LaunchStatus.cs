using Radapt.Studies.Design;

namespace Radapt.Studies.Launching;

/// <summary>How far the cells of a study are that a scheduler does.</summary>
/// <param name="Complete">Complete.</param>
/// <param name="Running">Their task runs.</param>
/// <param name="Waiting">Their task waits.</param>
/// <param name="Failed">Their run failed, and says why.</param>
/// <param name="Ended">Their task has ended without a result, in this state; null: no task is known.</param>
internal sealed record LaunchStatus(
    IReadOnlyList<StudyCell> Complete, IReadOnlyList<StudyCell> Running, IReadOnlyList<StudyCell> Waiting,
    IReadOnlyList<StudyCell> Failed, IReadOnlyList<(StudyCell Cell, SlurmTask? Task)> Ended)
{
    /// <summary>Whether a task waits or runs.</summary>
    public bool IsLive => Running.Count + Waiting.Count > 0;
}
