using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Checkpoints of the paper's own code: native names, LoRA beside each <c>attn.qkv</c>, unmerged; alpha is not stored.</summary>
internal sealed class MedPeftLoraNames : DialectNames
{
    public override Dialect Dialect => Dialect.MedPeftLora;

    public override bool Matches(StateDict names) => names.Has(StateDict.Native)
        ? names.HasAnyEnding(".lora_A") && names.HasAnyEnding(".lora_B")
        : names.HasAnyEnding(".attn.qkv.lora_A") && names.HasAnyEnding(".attn.qkv.lora_B");

    public override string Describe(StateDict names)
    {
        string? first = names.Names.FirstOrDefault(n => n.EndsWith(".lora_B", StringComparison.Ordinal));
        string rank = first is not null && names.ShapeOf(first) is [_, var r] ? $", rank {r}" : "";
        return names.Has(StateDict.Native) ? $"MED-PEFT fine-tuned classifier with unmerged LoRA{rank}"
            : $"LoRA of the paper's code{rank}, without its base weights";
    }

    // LoRA saved alone has nothing to start from.
    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) => names.Has(StateDict.Native)
        ? base.Encoder(names) : null;
}
