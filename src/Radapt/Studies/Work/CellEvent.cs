using Radapt.Studies.Design;
using Radapt.Training;

namespace Radapt.Studies.Work;

/// <summary>What happened to a cell.</summary>
internal enum CellEventKind
{
    /// <summary>Nothing to a single cell: how far all are.</summary>
    Progress,

    /// <summary>This process begins it, or goes on with it.</summary>
    Started,

    /// <summary>It is being trained or scored.</summary>
    Training,

    /// <summary>It is complete.</summary>
    Finished,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>Something that happened while a study runs. Calls come from several threads.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cell">To which cell; null: to none in particular.</param>
internal sealed record CellEvent(CellEventKind Kind, StudyCell? Cell)
{
    /// <summary>How far all cells are.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>How far the training of the cell is.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>Why it failed.</summary>
    public CellFailure? Failure { get; init; }

    /// <summary>What was thrown then.</summary>
    public Exception? Error { get; init; }
}
