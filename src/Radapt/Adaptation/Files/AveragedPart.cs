namespace Radapt.Adaptation.Files;

/// <summary>One of the adapters whose weighted mean an adapter is, such as those of several hospitals.</summary>
/// <param name="AdapterSha256">SHA-256 of its adapter file.</param>
/// <param name="Weight">What it counted.</param>
internal sealed record AveragedPart(string AdapterSha256, double Weight);
