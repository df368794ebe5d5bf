namespace Radapt.Datasets.Splits;

/// <summary>What a split came to.</summary>
/// <param name="Findings">Names of the findings.</param>
/// <param name="Parts">train, val and test, or the folds.</param>
/// <param name="Notes">Lines to print: what was chosen or left out on the user's behalf.</param>
internal sealed record SplitReport(IReadOnlyList<string> Findings, IReadOnlyList<SplitPart> Parts, IReadOnlyList<string> Notes);
