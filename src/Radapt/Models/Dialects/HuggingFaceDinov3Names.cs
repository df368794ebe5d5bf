using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// DINOv3 of Hugging Face transformers: query, key and value apart, keys without bias, nothing stored of the rotary positions.
/// </summary>
internal sealed partial class HuggingFaceDinov3Names : DialectNames
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

    public override BackboneShape? Shape(StateDict names)
    {
        if (base.Shape(names) is not { } shape)
        {
            return null;
        }

        HuggingFaceConfig config = HuggingFaceConfig.Beside(names.File.Path);
        BackboneShape told = shape with { Heads = config.Heads ?? shape.Heads, Epsilon = config.Epsilon ?? BackboneShape.Dinov3Epsilon };
        return told.IsSound ? told : shape;
    }

    public override string? Problem(StateDict names) =>
        base.Problem(names) ?? (base.Shape(names) is { } shape ? HuggingFaceConfig.Beside(names.File.Path).Problem(shape) : null);

    public override bool TellsHeads(StateDict names) =>
        HuggingFaceConfig.Beside(names.File.Path).Heads is { } heads && Shape(names)?.Heads == heads;

    public override ToldPreparation? Preparation(StateDict names) => ToldPreparation.FromHuggingFace(names.File.Path);

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        var thirds = new Dictionary<string, string?[]>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in names.Select(n => s_outside.ContainsKey(n) || BlockTensor().IsMatch(n)))
        {
            Match match = BlockTensor().Match(name);
            (string start, string part, string end) =
                ($"blocks.{match.Groups["number"].Value}.", match.Groups["part"].Value, match.Groups["end"].Value);
            if (!match.Success)
            {
                encoder[s_outside[name]] = TensorParts.Whole(inFile);
            }
            else if (Array.IndexOf(s_thirds, part) is >= 0 and var third)
            {
                string fused = $"{start}attn.qkv.{end}";
                thirds.TryAdd(fused, new string?[3]);
                thirds[fused][third] = inFile;
            }
            else
            {
                string own = s_inBlock.GetValueOrDefault(part, part);
                encoder[$"{start}{own}.{(end == "lambda1" ? "gamma" : end)}"] = TensorParts.Whole(inFile);
            }
        }

        long width = names.ShapeOf("embeddings.cls_token") is [_, _, var channels] ? channels : 0;
        foreach ((string name, string?[] parts) in thirds)
        {
            encoder[name] = name.EndsWith("weight", StringComparison.Ordinal) ? TensorParts.Rows([.. parts.OfType<string>()])
                : TensorParts.Vector(width, parts);
        }

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

    [GeneratedRegex(@"^layer\.(?<number>[0-9]{1,4})\.(?<part>.+)\.(?<end>[^.]+)$")]
    private static partial Regex BlockTensor();

    [GeneratedRegex(@"mlp\.(up|down)_proj\.")]
    private static partial Regex MlpTensor();
}
