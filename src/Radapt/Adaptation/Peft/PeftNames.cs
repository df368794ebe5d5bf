using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Models.Dialects;

namespace Radapt.Adaptation.Peft;

/// <summary>
/// PEFT's names: what the model's Python class calls its modules, with <c>base_model.model.</c> before them. Radapt's projections are
/// found by the ends of these paths, in timm's names and in Hugging Face's, whatever a wrapper puts before them.
/// </summary>
internal static partial class PeftNames
{
    /// <summary>What PEFT puts before every path.</summary>
    public const string Prefix = "base_model.model.";

    private static readonly (string Slot, string Timm, string HuggingFace)[] s_slots =
    [
        ("qkv", "attn.qkv", ""), ("q", "", "attention.attention.query"), ("k", "", "attention.attention.key"),
            ("v", "", "attention.attention.value"),
        ("proj", "attn.proj", "attention.output.dense"), ("fc1", "mlp.fc1", "mlp.fc1"), ("fc2", "mlp.fc2", "mlp.fc2"),
        ("q", "", "attention.q_proj"), ("k", "", "attention.k_proj"), ("v", "", "attention.v_proj"), ("proj", "", "attention.o_proj"),
        ("fc1", "", "intermediate.dense"), ("fc2", "", "output.dense"), ("fc1", "mlp.w12", "mlp.weights_in"),
            ("fc2", "mlp.w3", "mlp.weights_out"),
    ];

    /// <summary>The projection that a module's path means; null where it is none that LoRA can sit on in Radapt.</summary>
    public static LoraPlace? PlaceOf(string module)
    {
        Match match = InBlock().Match(module);
        if (!match.Success)
        {
            return null;
        }

        bool timm = match.Groups["list"].Value == "blocks";
        string rest = match.Groups["rest"].Value;
        string? slot = s_slots.FirstOrDefault(s => (timm ? s.Timm : s.HuggingFace) == rest).Slot;
        return slot is null ? null : new LoraPlace(int.Parse(match.Groups["block"].Value, CultureInfo.InvariantCulture), slot);
    }

    /// <summary>Whether a target means a projection of the block that a module is in, by the naming of that module's own path.</summary>
    /// <param name="module">Path of a module with LoRA.</param>
    /// <param name="target">An entry of <c>target_modules</c>.</param>
    public static bool IsNeighbour(string module, string target)
    {
        Match match = InBlock().Match(module);
        if (!match.Success)
        {
            return false;
        }

        string block = module[..match.Groups["rest"].Index];
        bool timm = match.Groups["list"].Value == "blocks";
        bool isVersion5 = match.Groups["rest"].Value.EndsWith("_proj", StringComparison.Ordinal);
        bool hasMlp = isVersion5 || module.Contains("dinov2", StringComparison.Ordinal);
        return s_slots.Select(s => timm ? s.Timm : s.HuggingFace).Where(end => end.Length > 0 && (timm || IsThere(end)))
            .Any(end => PeftConfig.Matches(block + end, target));

        bool IsThere(string end) => end.StartsWith("mlp.", StringComparison.Ordinal) ? hasMlp
            : end is "intermediate.dense" or "output.dense" ? !hasMlp : isVersion5 == end.EndsWith("_proj", StringComparison.Ordinal);
    }

    /// <summary>The path of a projection in timm's names.</summary>
    public static string Timm(LoraPlace place) => $"blocks.{place.Block}.{TimmEnd(place.Slot)}";

    /// <summary>
    /// What PEFT's users call a slot in timm's names. Not <c>proj</c> alone, with which the patch embedding's path ends too.
    /// </summary>
    public static string TimmTarget(string slot) => slot == LoraPlace.Fused ? slot : TimmEnd(slot);

    /// <summary>
    /// The name in Radapt's model of a tensor that is saved whole, and which third of it the tensor is: <c>head.weight</c> for the
    /// classifier of any naming, else the path without what PEFT and a wrapper put before it, by timm's or Hugging Face's names.
    /// </summary>
    public static (string Name, int? Third) Saved(string name)
    {
        string plain = Wrapping().Replace(name, "");
        string[] path = plain.Split('.');
        if (path is [.., "head" or "classifier", var leaf])
        {
            return ($"head.{leaf}", null);
        }

        if (path is [.., "fc_norm", var ofNorm])
        {
            return ($"fc_norm.{ofNorm}", null);
        }

        Match own = OwnName().Match(plain);
        return !own.Success ? (plain, null)
            : own.Groups["timm"].Success ? (own.Groups["timm"].Value, null)
            : HuggingFaceTensorNames.ToNative(own.Groups["huggingface"].Value);
    }

    private static string TimmEnd(string slot) => s_slots.First(s => s.Slot == slot && s.Timm.Length > 0).Timm;

    // What a model's own names begin with, after whatever wraps the model.
    [GeneratedRegex(
        @"(?:^|\.)(?:(?<huggingface>(?:encoder\.layers?|layers)\.[0-9]{1,4}\..+|embeddings\..+|layernorm\.[^.]+)|(?<timm>blocks\.[0-9]{1,4}\..+|patch_embed\..+|norm\.[^.]+|cls_token|pos_embed))$")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"(?:^|\.)(?<list>blocks|encoder\.layers?|layers)\.(?<block>[0-9]{1,4})\.(?<rest>.+)$")]
    private static partial Regex InBlock();

    [GeneratedRegex(@"\.modules_to_save(\.[^.]+)?(?=\.[^.]+$)|\.base_layer(?=\.[^.]+$)")]
    private static partial Regex Wrapping();
}
