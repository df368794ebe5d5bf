using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Samyadeep Basu, Daniela Massiceti, Shell Xu Hu, Soheil Feizi (2023): Strong Baselines for Parameter Efficient Few-Shot Fine-tuning.
/// LN-Tune: weight and bias of every layer normalisation.
/// </summary>
internal sealed class NormMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod("norm");

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "Radapt's choice for norm with adamw", 0.05, "Radapt's choice for norm with sgd: as for lora");

    /// <inheritdoc/>
    public override bool IsTrained(string name, MethodOptions options, BackboneShape shape) =>
        name.Split('.') is [.., "norm" or "norm1" or "norm2" or "ffn_ln", _];
}
