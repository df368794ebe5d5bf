using Radapt.Datasets.Tables;

namespace Radapt.Datasets.Published;

/// <summary>The rows of one split.</summary>
/// <param name="File">Where the rows are.</param>
/// <param name="Rows">The rows.</param>
internal sealed record PublishedPart(string File, IReadOnlyList<LabelRow> Rows)
{
    /// <summary>No rows.</summary>
    public static PublishedPart None { get; } = new("", []);
}
