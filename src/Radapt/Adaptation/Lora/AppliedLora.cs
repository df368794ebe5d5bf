using Radapt.Compute.Passes;

namespace Radapt.Adaptation.Lora;

/// <summary>What a low-rank update is besides its factors.</summary>
/// <param name="Scale">Factor of B A.</param>
/// <param name="Groups">The adapted parts of the output.</param>
/// <param name="Mask">Dropout of the input; null: none.</param>
internal sealed record AppliedLora(double Scale, OutputGroups Groups, DropoutMask? Mask);
