using Radapt.Adaptation.Lora;
using Radapt.Models;

namespace Radapt.Adaptation.Peft;

/// <summary>A projection of the backbone, or a third of its fused qkv projection.</summary>
/// <param name="Block">Number of the block.</param>
/// <param name="Slot"><c>q</c>, <c>k</c>, <c>v</c>, <c>proj</c>, <c>fc1</c>, <c>fc2</c> as in <see cref="LowRankOptions.AllTargets"/>, or
/// <c>qkv</c> for all thirds at once.</param>
internal sealed record LoraPlace(int Block, string Slot)
{
    /// <summary>The slot that stands for all three thirds.</summary>
    public const string Fused = "qkv";

    /// <summary>The thirds in the order of the fused projection's rows.</summary>
    public static IReadOnlyList<string> Thirds { get; } = ["q", "k", "v"];

    /// <summary>Whether the projection is the fused one.</summary>
    public bool IsAttentionInput => Slot == Fused || Thirds.Contains(Slot);

    /// <summary>
    /// Name of the projection's weight in a model, where SwiGLU's <c>fc1</c> and <c>fc2</c> are <c>w12</c> and <c>w3</c>.
    /// </summary>
    public string WeightIn(BackboneShape shape) =>
        (!shape.SwiGlu ? Projection : Slot == "fc1" ? $"blocks.{Block}.mlp.w12"
            : Slot == "fc2" ? $"blocks.{Block}.mlp.w3" : Projection) + ".weight";

    /// <summary>Name of the projection: <c>blocks.0.attn.qkv</c>.</summary>
    public string Projection => $"blocks.{Block}.{(IsAttentionInput ? "attn.qkv" : Slot == "proj" ? "attn.proj" : $"mlp.{Slot}")}";
}
