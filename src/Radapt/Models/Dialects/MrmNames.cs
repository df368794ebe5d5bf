namespace Radapt.Models.Dialects;

/// <summary>
/// Zhou et al., "Advancing radiograph representation learning with masked record modeling" (2023). Known by its report decoder: the
/// encoder's names are MAE's.
/// </summary>
internal sealed class MrmNames : DialectNames
{
    public override Dialect Dialect => Dialect.Mrm;

    public override string Option => "mrm";

    public override bool Matches(StateDict names) =>
        names.Has(StateDict.Native) && (names.HasAny("bert_encoder.") || names.HasAny("bert_mlp."));

    public override bool CanRead(StateDict names) => IsPlainNative(names);

    public override string Describe(StateDict names) => names.HasAny("bert_") ? "MRM pre-training checkpoint (MAE encoder names)"
        : "MRM encoder (MAE encoder names)";

    /// <summary>Mean and standard deviation of the gray values in [0, 1] that MRM is trained with.</summary>
    public static (double Mean, double Std) Statistics => (.4978, .2449);

    public override (double Mean, double Std) Normalisation(StateDict names) => Statistics;

    public override (string Group, string Reason) LeftOut(string name)
    {
        (string group, string reason) = base.LeftOut(name);
        return group != "optimizer state" && name.Split('.').Any(p => p.StartsWith("bert_", StringComparison.Ordinal))
            ? ("report decoder (BERT)", ForPretraining)
            : (group is "decoder" or "mask token" ? "image decoder" : group, reason);
    }
}
