namespace Radapt.Models.Dialects;

/// <summary>ViT and ViTMAE of Hugging Face transformers: query, key and value apart.</summary>
internal sealed class HuggingFaceVitNames : DialectNames
{
    public override Dialect Dialect => Dialect.HuggingFaceVit;

    public override bool Matches(StateDict names) => names.Has(StateDict.HuggingFace);

    public override string Describe(StateDict names) => names.File.Tensors.Any(t => t.Name.Contains("decoder.decoder_layers.", StringComparison.Ordinal))
        ? "ViTMAE pre-training checkpoint (Hugging Face names)" : "ViT encoder (Hugging Face names)";

    public override BackboneShape? Shape(StateDict names) =>
        names.Dimensions(StateDict.HuggingFace, "embeddings.position_embeddings", "encoder.layer.");

    public override IReadOnlyDictionary<string, string>? Encoder(StateDict names) => null;
}
