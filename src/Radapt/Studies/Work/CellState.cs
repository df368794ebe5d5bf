namespace Radapt.Studies.Work;

/// <summary>How far a cell is.</summary>
internal enum CellState
{
    /// <summary>Nothing of it is there.</summary>
    New,

    /// <summary>A session began it; it can be resumed, or another process works on it.</summary>
    Begun,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It is complete.</summary>
    Complete,
}
