using Radapt.Datasets.Matching;

namespace Radapt.Datasets;

/// <summary>The rows of every split, before they are checked.</summary>
/// <param name="Findings">Names in the order of the labels.</param>
/// <param name="Parts">Train, val and test.</param>
internal sealed record DataParts(IReadOnlyList<string> Findings, List<LocatedRow>[] Parts)
{
    /// <summary>The training rows are the label fraction already; nothing is to be drawn from them.</summary>
    public bool IsFraction { get; init; }

    /// <summary>Values that were chosen for the user.</summary>
    public IReadOnlyList<DataChoice> Choices { get; init; } = [];

    /// <summary>How the rows of a label table met their files; null where there is nothing to tell.</summary>
    public MatchReport? Matching { get; init; }

    /// <summary>What each column of a label table was taken for, to be printed after all else; null: it is not a label table.</summary>
    public string? ColumnsLine { get; init; }

    /// <summary>The parts were drawn, since the table has none.</summary>
    public bool IsDrawn { get; init; }
}
