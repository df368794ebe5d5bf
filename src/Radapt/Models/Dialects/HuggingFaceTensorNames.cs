using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// Vision transformers of Hugging Face transformers: query, key and value apart, heads and the norms' epsilon in a
/// <c>config.json</c> beside the weights.
/// </summary>
internal abstract partial class HuggingFaceTensorNames : DialectNames
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

    // In a block, what stands between its number and the last dot.
    private static readonly Dictionary<string, string> s_inBlock = new(StringComparer.Ordinal)
    {
        ["layernorm_before"] = "norm1",
        ["norm1"] = "norm1",
        ["attention.output.dense"] = "attn.proj",
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

    /// <summary>The norms' epsilon where no <c>config.json</c> tells.</summary>
    protected abstract double UsualEpsilon(StateDict names);

    public override BackboneShape? Shape(StateDict names)
    {
        if (base.Shape(names) is not { } shape)
        {
            return null;
        }

        HuggingFaceConfig? config = HuggingFaceConfig.Beside(names.File.Path);
        BackboneShape told = shape with { Heads = config?.Heads ?? shape.Heads, Epsilon = config?.Epsilon ?? UsualEpsilon(names) };
        return told.IsSound ? told : shape;
    }

    public override bool TellsHeads(StateDict names) => HuggingFaceConfig.Beside(names.File.Path)?.Heads is { } heads && Shape(names)?.Heads == heads;

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        var projections = new Dictionary<string, string?[]>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in names.Select(n => s_outside.ContainsKey(n) || n.StartsWith("encoder.layer.", StringComparison.Ordinal)))
        {
            Match block = BlockTensor().Match(name);
            (string start, string part, string end) = ($"blocks.{block.Groups["number"].Value}.", block.Groups["part"].Value, block.Groups["end"].Value);
            if (!block.Success)
            {
                encoder[s_outside.GetValueOrDefault(name, name)] = TensorParts.Whole(inFile);
            }
            else if (Array.IndexOf(["attention.attention.query", "attention.attention.key", "attention.attention.value"], part) is >= 0 and var third)
            {
                string fused = $"{start}attn.qkv.{end}";
                projections.TryAdd(fused, new string?[3]);
                projections[fused][third] = inFile;
            }
            else
            {
                encoder[$"{start}{s_inBlock.GetValueOrDefault(part, part)}.{(end == "lambda1" ? "gamma" : end)}"] = TensorParts.Whole(inFile);
            }
        }

        foreach ((string fused, string?[] parts) in projections)
        {
            encoder[fused] = TensorParts.Rows([.. parts.OfType<string>()]);
        }

        return encoder;
    }

    // Beside the encoder: dinov2.embeddings..., classifier.weight.
    public override IReadOnlyDictionary<string, string> Head(StateDict names)
    {
        string outer = names.Prefix.Length == 0 ? "" : names.Prefix[..(names.Prefix.TrimEnd('.').LastIndexOf('.') + 1)];
        return ((string[])["weight", "bias"]).Where(e => names.File.Contains($"{outer}classifier.{e}"))
            .ToDictionary(e => $"head.{e}", e => $"{outer}classifier.{e}", StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^encoder\.layer\.(?<number>[0-9]{1,4})\.(?<part>.+)\.(?<end>[^.]+)$")]
    private static partial Regex BlockTensor();
}
