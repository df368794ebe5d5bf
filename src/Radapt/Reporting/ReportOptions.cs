namespace Radapt.Reporting;

/// <summary>What a report shows.</summary>
internal sealed record ReportOptions
{
    /// <summary>Show the names of files and folders.</summary>
    public bool ShowsNames { get; init; }

    /// <summary>Threads for the intervals; 0: one per processor.</summary>
    public int Threads { get; init; }
}
