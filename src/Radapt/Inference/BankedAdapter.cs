using Radapt.Adaptation;

namespace Radapt.Inference;

/// <summary>An adapter in a bank: its name there, its LoRA updates and its head, which the bank owns.</summary>
/// <param name="Name">What the bank calls it.</param>
/// <param name="Adapters">LoRA adapters for the bank's backbone.</param>
/// <param name="Head">Its head.</param>
/// <param name="Findings">Findings, in the order of the head's outputs.</param>
internal sealed record BankedAdapter(string Name, AttachedAdapters Adapters, ClassificationHead Head, IReadOnlyList<string> Findings);
