using System.Globalization;
using System.Text.RegularExpressions;

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
        ("qkv", "attn.qkv", ""), ("q", "", "attention.attention.query"), ("k", "", "attention.attention.key"), ("v", "", "attention.attention.value"),
        ("proj", "attn.proj", "attention.output.dense"), ("fc1", "mlp.fc1", "mlp.fc1"), ("fc2", "mlp.fc2", "mlp.fc2"),
        ("fc1", "", "intermediate.dense"), ("fc2", "", "output.dense"), ("fc1", "mlp.w12", "mlp.weights_in"), ("fc2", "mlp.w3", "mlp.weights_out"),
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

    /// <summary>The path of a projection in timm's names.</summary>
    public static string Timm(LoraPlace place) => $"blocks.{place.Block}.{TimmEnd(place.Slot)}";

    /// <summary>What PEFT's users call a slot in timm's names. Not <c>proj</c> alone, with which the patch embedding's path ends too.</summary>
    public static string TimmTarget(string slot) => slot == LoraPlace.Fused ? slot : TimmEnd(slot);

    /// <summary>
    /// The name in Radapt's model of a tensor that is saved whole: <c>head.weight</c> for the classifier of either naming, else the path
    /// without what PEFT put into it.
    /// </summary>
    public static string Saved(string name)
    {
        string plain = Wrapping().Replace(name, "");
        string[] path = plain.Split('.');
        return path is [.., "head" or "classifier", var leaf] ? $"head.{leaf}" : path is [.., "fc_norm", var ofNorm] ? $"fc_norm.{ofNorm}" : plain;
    }

    private static string TimmEnd(string slot) => s_slots.First(s => s.Slot == slot && s.Timm.Length > 0).Timm;

    [GeneratedRegex(@"(?:^|\.)(?<list>blocks|encoder\.layer)\.(?<block>[0-9]{1,4})\.(?<rest>.+)$")]
    private static partial Regex InBlock();

    [GeneratedRegex(@"\.modules_to_save(\.[^.]+)?(?=\.[^.]+$)|\.base_layer(?=\.[^.]+$)")]
    private static partial Regex Wrapping();
}
