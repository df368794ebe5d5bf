namespace Radapt.Models.Dialects;

/// <summary>DINOv2 as timm names and saves it: no mask token; with registers the class token carries its position already.</summary>
internal sealed class TimmDinov2Names : DialectNames
{
    public override Dialect Dialect => Dialect.TimmDinov2;

    public override bool Matches(StateDict names) => names.Has(StateDict.Native) && (names.HasAnyEnding(".ls1.gamma") || names.Has("reg_token"));

    public override string Describe(StateDict names) => $"DINOv2 backbone{(names.Has("reg_token") ? " with registers" : "")} (timm names)";

    public override IReadOnlyDictionary<string, string>? Encoder(StateDict names) => null;
}
