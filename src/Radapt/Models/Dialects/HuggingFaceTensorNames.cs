using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// The names of ViT, ViTMAE and DINOv2 in Hugging Face transformers. Version 5 of the library renamed the modules of their blocks; both
/// namings are read.
/// </summary>
internal abstract partial class HuggingFaceTensorNames : HuggingFaceNames
{
    private static readonly Dictionary<string, string> s_outside = new(StringComparer.Ordinal)
    {
        ["embeddings.cls_token"] = "cls_token",
        ["embeddings.register_tokens"] = "register_tokens",
        ["embeddings.position_embeddings"] = "pos_embed",
        [StateDict.HuggingFace] = "patch_embed.proj.weight",
        ["embeddings.patch_embeddings.projection.bias"] = "patch_embed.proj.bias",
        ["layernorm.weight"] = "norm.weight",
        ["layernorm.bias"] = "norm.bias",
    };

    // In a block, what is between its number and the last dot.
    private static readonly Dictionary<string, string> s_inBlock = new(StringComparer.Ordinal)
    {
        ["layernorm_before"] = "norm1",
        ["norm1"] = "norm1",
        ["attention.output.dense"] = "attn.proj",
        ["attention.o_proj"] = "attn.proj",
        ["layer_scale1"] = "ls1",
        ["layernorm_after"] = "norm2",
        ["norm2"] = "norm2",
        ["intermediate.dense"] = "mlp.fc1",
        ["output.dense"] = "mlp.fc2",
        ["mlp.fc1"] = "mlp.fc1",
        ["mlp.fc2"] = "mlp.fc2",
        ["mlp.weights_in"] = "mlp.w12",
        ["mlp.weights_out"] = "mlp.w3",
        ["layer_scale2"] = "ls2",
    };

    private static readonly string[] s_thirds = ["attention.attention.query", "attention.attention.key", "attention.attention.value"];
    private static readonly string[] s_thirdsOf5 = ["attention.q_proj", "attention.k_proj", "attention.v_proj"];

    /// <summary>Whether the blocks are named as in version 5 of transformers.</summary>
    public static bool IsVersion5(StateDict names) => names.HasAnyEnding(".attention.q_proj.weight");

    /// <summary>The model's name of a tensor, and which third of it the tensor is where query, key and value are apart.</summary>
    /// <param name="name">Its name inside a Hugging Face model: <c>encoder.layer.0.norm1.weight</c>.</param>
    public static (string Name, int? Third) ToNative(string name)
    {
        Match block = BlockTensor().Match(name);
        if (!block.Success)
        {
            return (s_outside.GetValueOrDefault(name, name), null);
        }

        (string start, string part, string end) =
            ($"blocks.{block.Groups["number"].Value}.", block.Groups["part"].Value, block.Groups["end"].Value);
        int third = Math.Max(Array.IndexOf(s_thirds, part), Array.IndexOf(s_thirdsOf5, part));
        return third >= 0 ? ($"{start}attn.qkv.{end}", third)
            : ($"{start}{s_inBlock.GetValueOrDefault(part, part)}.{(end == "lambda1" ? "gamma" : end)}", null);
    }

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) =>
        Join(names.Select(n => s_outside.ContainsKey(n) || BlockTensor().IsMatch(n)), ToNative,
            (_, thirds) => TensorParts.Rows([.. thirds.OfType<string>()]));

    // Beside the encoder: dinov2.embeddings..., classifier.weight.
    public override IReadOnlyDictionary<string, string> Head(StateDict names)
    {
        string outer = names.Prefix.Length == 0 ? "" : names.Prefix[..(names.Prefix.TrimEnd('.').LastIndexOf('.') + 1)];
        return ((string[])["weight", "bias"]).Where(e => names.File.Contains($"{outer}classifier.{e}"))
            .ToDictionary(e => $"head.{e}", e => $"{outer}classifier.{e}", StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^(?:encoder\.layers?|layers)\.(?<number>[0-9]{1,4})\.(?<part>.+)\.(?<end>[^.]+)$")]
    private static partial Regex BlockTensor();
}
