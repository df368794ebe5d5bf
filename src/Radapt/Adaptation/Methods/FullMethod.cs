using Radapt.Models;

namespace Radapt.Adaptation.Methods;

/// <summary>
/// Alexey Dosovitskiy and others (2020): An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale. Every tensor, as
/// vision transformers are usually fine-tuned.
/// </summary>
internal sealed class FullMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod("full");

    /// <inheritdoc/>
    /// <remarks>That of AdamW is for 768 channels. Narrower models want more: docs/results.md has measurements.</remarks>
    public override MethodRates Rates { get; } =
        new(2.5e-4, "Radapt's choice for full with adamw", 1e-2, "the paper's for full fine-tuning of MRM");

    /// <inheritdoc/>
    public override bool HoldsWholeModel => true;

    /// <inheritdoc/>
    public override bool TrainsWholeBlocks => true;

    /// <inheritdoc/>
    public override bool IsTrained(string name, MethodOptions options, BackboneShape shape) => true;
}
