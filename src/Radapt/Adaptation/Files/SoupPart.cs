namespace Radapt.Adaptation.Files;

/// <summary>One of the runs whose mean an adapter is.</summary>
/// <param name="AdapterSha256">SHA-256 of its adapter file.</param>
/// <param name="ValidationAuroc">Its own mean AUROC on the validation images.</param>
internal sealed record SoupPart(string AdapterSha256, double ValidationAuroc);
