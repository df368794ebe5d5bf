namespace Radapt.Datasets;

/// <summary>An image and the report that was written on it or on its examination. Messages never show the report's text.</summary>
/// <param name="Image">The image, without labels.</param>
/// <param name="Report">The report's text; line breaks as in the table.</param>
internal sealed record ReportedImage(LabelledImage Image, string Report)
{
    /// <summary><c>train</c>, <c>val</c> or <c>test</c>; null where the table has no splits.</summary>
    public string? Split { get; init; }
}
