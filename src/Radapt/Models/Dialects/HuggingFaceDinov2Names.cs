namespace Radapt.Models.Dialects;

/// <summary>Dinov2 of Hugging Face transformers, the form that RAD-DINO is published in.</summary>
internal sealed class HuggingFaceDinov2Names : DialectNames
{
    public override Dialect Dialect => Dialect.HuggingFaceDinov2;

    public override bool Matches(StateDict names) => names.Has(StateDict.HuggingFace) && names.HasAnyEnding(".layer_scale1.lambda1");

    public override string Describe(StateDict names) =>
        $"DINOv2 backbone{(names.Has("embeddings.register_tokens") ? " with registers" : "")} (Hugging Face names)";

    public override BackboneShape? Shape(StateDict names) =>
        names.Dimensions(StateDict.HuggingFace, "embeddings.position_embeddings", "encoder.layer.");

    public override IReadOnlyDictionary<string, string>? Encoder(StateDict names) => null;
}
