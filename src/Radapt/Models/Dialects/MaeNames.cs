namespace Radapt.Models.Dialects;

/// <summary>He et al., "Masked autoencoders are scalable vision learners" (2022): encoder and decoder of pre-training.</summary>
internal sealed class MaeNames : DialectNames
{
    public override Dialect Dialect => Dialect.Mae;

    public override string Option => "mae";

    public override bool Matches(StateDict names) => names.Has(StateDict.Native) && names.HasAny("decoder_");

    public override bool CanRead(StateDict names) => IsPlainNative(names);

    public override string Describe(StateDict names) => names.HasAny("decoder_") ? "MAE pre-training checkpoint (encoder and decoder)"
        : "MAE encoder";

    public override (string Group, string Reason) LeftOut(string name) =>
        base.LeftOut(name) is ("decoder" or "mask token", var reason) ? ("MAE decoder", reason) : base.LeftOut(name);
}
