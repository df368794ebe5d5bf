using Radapt.Checkpoints;
using Radapt.Models.Dialects;

namespace Radapt.Adaptation.Peft;

/// <summary>Paths of Hugging Face's ViT and Dinov2 modules, query, key and value apart.</summary>
/// <param name="Prefix">What stands before <c>encoder.layer</c> in the base model: <c>vit.</c>, <c>dinov2.</c> or nothing.</param>
/// <param name="Dinov2">Whether the MLP is named as in Dinov2 (<c>mlp.fc1</c>) rather than as in ViT (<c>intermediate.dense</c>).</param>
/// <param name="SwiGlu">Whether it is gated (<c>mlp.weights_in</c>).</param>
internal sealed record HuggingFacePaths(string Prefix, bool Dinov2, bool SwiGlu = false)
{
    /// <summary>The names of a base checkpoint; null where it is not in Hugging Face's form.</summary>
    public static HuggingFacePaths? Of(CheckpointFile file) =>
        WeightsDialect.Recognise(file) is { Dialect: Dialect.HuggingFaceVit or Dialect.HuggingFaceDinov2 } weights
            ? new HuggingFacePaths(new StateDict(file).Prefix, weights.Dialect == Dialect.HuggingFaceDinov2, weights.Shape is { SwiGlu: true }) : null;

    /// <summary>The path of a projection or third.</summary>
    public string PathOf(LoraPlace place) => $"{Prefix}encoder.layer.{place.Block}.{End(place.Slot)}";

    /// <summary>What the paths of a slot end with in every block; <c>query</c> and <c>value</c> as PEFT's users write them.</summary>
    public string End(string slot) => slot switch
    {
        "q" => "attention.attention.query",
        "k" => "attention.attention.key",
        "v" => "attention.attention.value",
        "proj" => "attention.output.dense",
        "fc1" when SwiGlu => "mlp.weights_in",
        "fc2" when SwiGlu => "mlp.weights_out",
        "fc1" => Dinov2 ? "mlp.fc1" : "intermediate.dense",
        _ => Dinov2 ? "mlp.fc2" : "output.dense",
    };
}
