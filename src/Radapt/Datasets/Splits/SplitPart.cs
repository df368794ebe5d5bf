namespace Radapt.Datasets.Splits;

/// <summary>One part of a split.</summary>
/// <param name="Name"><c>train</c>, <c>val</c>, <c>test</c>, or the number of the fold.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Patients">Number of patients; null where the table has none.</param>
/// <param name="Counts">How often each finding is present, absent and unknown.</param>
internal sealed record SplitPart(string Name, int Images, int? Patients, IReadOnlyList<LabelCounts> Counts);
