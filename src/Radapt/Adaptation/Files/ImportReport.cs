namespace Radapt.Adaptation.Files;

/// <summary>What an import made.</summary>
/// <param name="File">The adapter file.</param>
/// <param name="Adapter">What it says about itself.</param>
/// <param name="Notes">Lines for people: what was chosen, what is special.</param>
public sealed record ImportReport(string File, AdapterDescription Adapter, IReadOnlyList<string> Notes);
