namespace Radapt.Models.Dialects;

/// <summary>Dinov2 of Hugging Face transformers, the form that RAD-DINO is published in.</summary>
internal sealed class HuggingFaceDinov2Names : HuggingFaceTensorNames
{
    public override Dialect Dialect => Dialect.HuggingFaceDinov2;

    public override string Option => "hf-dinov2";

    public override bool Matches(StateDict names) => names.Has(StateDict.HuggingFace) && names.HasAnyEnding(".layer_scale1.lambda1");

    public override string Describe(StateDict names) =>
        $"DINOv2 {(Head(names).Count > 0 ? "classifier" : "backbone")}{(names.Has("embeddings.register_tokens") ? " with registers" : "")} "
            + "(Hugging Face names)";

    protected override double UsualEpsilon(StateDict names) => 1e-6;
}
