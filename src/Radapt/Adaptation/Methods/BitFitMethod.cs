using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Elad Ben Zaken, Shauli Ravfogel, Yoav Goldberg (2022): BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked
/// Language-models. Every bias of the backbone, those of the norms and of the patch embedding included.
/// </summary>
internal sealed class BitFitMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod("bitfit");

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-3, "the largest in the BitFit paper", 0.05, "Radapt's choice for bitfit with sgd: as for lora");

    /// <inheritdoc/>
    public override bool IsTrained(string name, MethodOptions options, BackboneShape shape) =>
        name.EndsWith(".bias", StringComparison.Ordinal);
}
