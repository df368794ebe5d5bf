using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// DINOv3 of Hugging Face transformers: query, key and value apart, keys without bias, nothing stored of the rotary positions.
/// </summary>
internal sealed partial class HuggingFaceDinov3Names : HuggingFaceNames
{
    private static readonly Dictionary<string, string> s_outside = new(StringComparer.Ordinal)
    {
        ["embeddings.cls_token"] = "cls_token",
        ["embeddings.register_tokens"] = "register_tokens",
        [StateDict.HuggingFaceDinov3] = "patch_embed.proj.weight",
        ["embeddings.patch_embeddings.bias"] = "patch_embed.proj.bias",
        ["norm.weight"] = "norm.weight",
        ["norm.bias"] = "norm.bias",
    };

    private static readonly Dictionary<string, string> s_inBlock = new(StringComparer.Ordinal)
    {
        ["attention.o_proj"] = "attn.proj",
        ["layer_scale1"] = "ls1",
        ["layer_scale2"] = "ls2",
    };

    private static readonly string[] s_thirds = ["attention.q_proj", "attention.k_proj", "attention.v_proj"];

    public override Dialect Dialect => Dialect.HuggingFaceDinov3;

    public override string Option => "hf-dinov3";

    public override PatchPositions Positions => PatchPositions.Rotary;

    public override bool Matches(StateDict names) =>
        names.Has(StateDict.HuggingFaceDinov3) && names.HasAnyEnding(".layer_scale1.lambda1")
        && names.HasAnyEnding(".attention.q_proj.weight");

    public override string Describe(StateDict names) => "DINOv3 backbone (Hugging Face names)";

    public override (double Mean, double Std) Normalisation(StateDict names) => (.449, .226);

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        long width = names.ShapeOf("embeddings.cls_token") is [_, _, var channels] ? channels : 0;
        Dictionary<string, TensorParts> encoder = Join(
            names.Select(n => s_outside.ContainsKey(n) || BlockTensor().IsMatch(n)), ToNative,
            (name, thirds) => name.EndsWith("weight", StringComparison.Ordinal) ? TensorParts.Rows([.. thirds.OfType<string>()])
                : TensorParts.Vector(width, thirds)); // keys have no bias
        FusedParts.JoinGate(encoder, "mlp.gate_proj", "mlp.up_proj");
        foreach (string name in encoder.Keys.Where(n => MlpTensor().IsMatch(n)).ToArray())
        {
            bool gated = encoder.ContainsKey(MlpTensor().Replace(name, "mlp.w12."));
            string own = name.Replace(".mlp.up_proj.", ".mlp.fc1.", StringComparison.Ordinal)
                .Replace(".mlp.down_proj.", gated ? ".mlp.w3." : ".mlp.fc2.", StringComparison.Ordinal);
            encoder[own] = encoder[name];
            encoder.Remove(name);
        }

        FusedParts.AddAbsentBias(encoder, names.File);
        return encoder;
    }

    protected override double UsualEpsilon(StateDict names) => BackboneShape.Dinov3Epsilon;

    private static (string Name, int? Third) ToNative(string name)
    {
        Match match = BlockTensor().Match(name);
        if (!match.Success)
        {
            return (s_outside[name], null);
        }

        (string start, string part, string end) =
            ($"blocks.{match.Groups["number"].Value}.", match.Groups["part"].Value, match.Groups["end"].Value);
        return Array.IndexOf(s_thirds, part) is >= 0 and var third ? ($"{start}attn.qkv.{end}", third)
            : ($"{start}{s_inBlock.GetValueOrDefault(part, part)}.{(end == "lambda1" ? "gamma" : end)}", null);
    }

    [GeneratedRegex(@"^layer\.(?<number>[0-9]{1,4})\.(?<part>.+)\.(?<end>[^.]+)$")]
    private static partial Regex BlockTensor();

    [GeneratedRegex(@"mlp\.(up|down)_proj\.")]
    private static partial Regex MlpTensor();
}
