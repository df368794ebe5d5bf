namespace Radapt.Models.Dialects;

/// <summary>Tensors of a checkpoint that are not part of the encoder, its head or its adapter.</summary>
/// <param name="Group">What they are: "MAE decoder", "optimizer state".</param>
/// <param name="Count">How many.</param>
/// <param name="Reason">Why they are not used.</param>
internal sealed record LeftOutTensors(string Group, int Count, string Reason);
