using Radapt.Checkpoints;
using Radapt.Models.Dialects;

namespace Radapt.Adaptation.Peft;

/// <summary>Paths of Hugging Face's ViT and Dinov2 modules, query, key and value apart.</summary>
/// <param name="Prefix">What is before <c>encoder.layer</c> in the base model: <c>vit.</c>, <c>dinov2.</c> or nothing.</param>
/// <param name="Dinov2">Whether the MLP is named as in Dinov2 (<c>mlp.fc1</c>) rather than as in ViT (<c>intermediate.dense</c>).</param>
/// <param name="SwiGlu">Whether it is gated (<c>mlp.weights_in</c>).</param>
/// <param name="Version5">Whether the modules are named as in version 5 of transformers (<c>attention.q_proj</c>).</param>
internal sealed record HuggingFacePaths(string Prefix, bool Dinov2, bool SwiGlu = false, bool Version5 = false)
{
    /// <summary>The names of a base checkpoint; null where it is not in Hugging Face's form.</summary>
    public static HuggingFacePaths? From(CheckpointFile file)
    {
        var names = new StateDict(file);
        return WeightsDialect.Recognise(file) is { Dialect: Dialect.HuggingFaceVit or Dialect.HuggingFaceDinov2 } weights
            ? new HuggingFacePaths(names.Prefix, weights.Dialect == Dialect.HuggingFaceDinov2, weights.Shape is { SwiGlu: true },
                HuggingFaceTensorNames.IsVersion5(names)) : null;
    }

    /// <summary>The path of a projection or third.</summary>
    public string PathOf(LoraPlace place) =>
        $"{Prefix}{(Version5 && !Dinov2 ? "layers" : "encoder.layer")}.{place.Block}.{End(place.Slot)}";

    /// <summary>What the paths of a slot end with in every block; <c>query</c> and <c>value</c> as PEFT's users write them.</summary>
    public string End(string slot) => slot switch
    {
        "q" or "k" or "v" when Version5 => $"attention.{slot}_proj",
        "proj" when Version5 => "attention.o_proj",
        "q" => "attention.attention.query",
        "k" => "attention.attention.key",
        "v" => "attention.attention.value",
        "proj" => "attention.output.dense",
        "fc1" when SwiGlu => "mlp.weights_in",
        "fc2" when SwiGlu => "mlp.weights_out",
        "fc1" => Dinov2 || Version5 ? "mlp.fc1" : "intermediate.dense",
        _ => Dinov2 || Version5 ? "mlp.fc2" : "output.dense",
    };
}
