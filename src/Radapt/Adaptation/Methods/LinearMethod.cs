namespace Radapt.Adaptation.Methods;

/// <summary>
/// Guillaume Alain, Yoshua Bengio (2016): Understanding intermediate layers using linear classifier probes. The head and its norm alone.
/// </summary>
internal sealed class LinearMethod : AdaptationMethod
{
    /// <inheritdoc/>
    public override MethodOptions Defaults { get; } = new PlainMethod("linear");

    /// <inheritdoc/>
    public override MethodRates Rates { get; } =
        new(1e-2, "Radapt's choice for linear with adamw", 0.1, "Radapt's choice for linear with sgd");

    /// <inheritdoc/>
    public override bool ReadsFixedFeatures => true;

    /// <inheritdoc/>
    public override bool LeavesLowerBlocks(MethodOptions options) => true;

    /// <inheritdoc/>
    public override int LowestBlock(MethodOptions options, int depth) => depth;
}
