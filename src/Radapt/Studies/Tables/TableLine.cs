namespace Radapt.Studies.Tables;

/// <summary>What a line of a table shows.</summary>
internal enum TableLineKind
{
    /// <summary>Headings of the lines below, where each row has its own.</summary>
    Heading,

    /// <summary>Mean and spread over seeds.</summary>
    Figure,

    /// <summary>The interval over patients.</summary>
    Patients,

    /// <summary>The difference from the cell that is compared with.</summary>
    Difference,

    /// <summary>Published figures.</summary>
    Published,
}

/// <summary>A line of a table.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Title">Its title.</param>
/// <param name="Cells">A text per column; empty: nothing there.</param>
internal sealed record TableLine(TableLineKind Kind, string Title, IReadOnlyList<string> Cells)
{
    /// <summary>Whether it belongs to the line above it.</summary>
    public bool IsBelow => Kind is TableLineKind.Patients or TableLineKind.Difference or TableLineKind.Published;
}
