namespace Radapt.Models.Dialects;

/// <summary>ViT and ViTMAE of Hugging Face transformers.</summary>
internal sealed class HuggingFaceVitNames : HuggingFaceTensorNames
{
    public override Dialect Dialect => Dialect.HuggingFaceVit;

    public override string Option => "hf-vit";

    public override bool Matches(StateDict names) => names.Has(StateDict.HuggingFace) && !names.HasAnyEnding(".layer_scale1.lambda1");

    public override string Describe(StateDict names) => IsMae(names)
        ? "ViTMAE pre-training checkpoint (Hugging Face names)"
        : $"ViT {(Head(names).Count > 0 ? "classifier" : "encoder")} (Hugging Face names)";

    // ViT and ViTMAE default to 1e-12, but the published ViTMAE weights are MAE's, which has 1e-6; their config.json says so, too.
    protected override double UsualEpsilon(StateDict names) => IsMae(names) ? 1e-6 : 1e-12;

    private static bool IsMae(StateDict names) =>
        names.File.Tensors.Any(t => t.Name.Contains("decoder.decoder_layers.", StringComparison.Ordinal));
}
