namespace Radapt.Reporting;

/// <summary>An item of a reporting checklist.</summary>
/// <param name="Number">Its number there.</param>
/// <param name="Part">The part of a paper that it belongs to.</param>
/// <param name="Asks">What it asks, in Radapt's words.</param>
/// <param name="Answer">What the run tells about it, as HTML; null: only people can answer.</param>
internal sealed record ChecklistItem(string Number, string Part, string Asks, Func<ReportedRun, string>? Answer = null)
{
    /// <summary>What people have to add to the answer; null: nothing.</summary>
    public string? Also { get; init; }
}
