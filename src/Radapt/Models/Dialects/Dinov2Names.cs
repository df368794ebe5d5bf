namespace Radapt.Models.Dialects;

/// <summary>facebookresearch/dinov2: native names with LayerScale, a mask token and registers.</summary>
internal sealed class Dinov2Names : DialectNames
{
    public override Dialect Dialect => Dialect.Dinov2;

    public override bool Matches(StateDict names) =>
        names.Has(StateDict.Native) && names.HasAnyEnding(".ls1.gamma") && (names.Has("mask_token") || names.Has("register_tokens"));

    public override string Describe(StateDict names) =>
        $"DINOv2 {(names.Prefix.Contains("backbone.", StringComparison.Ordinal) ? "training checkpoint" : "backbone")}{(names.Has("register_tokens") ? " with registers" : "")}";

    public override IReadOnlyDictionary<string, string>? Encoder(StateDict names) => null;
}
