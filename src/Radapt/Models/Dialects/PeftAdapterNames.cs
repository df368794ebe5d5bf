using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>A LoRA adapter that Hugging Face's PEFT, or Radapt in its format, saved: no encoder, so nothing to start from.</summary>
internal sealed class PeftAdapterNames : DialectNames
{
    private const string Prefix = "base_model.model.", HalfA = ".lora_A.", HalfB = ".lora_B.";

    public override Dialect Dialect => Dialect.PeftAdapter;

    public override bool Matches(StateDict names) => Modules(names).Any();

    public override string Describe(StateDict names)
    {
        TensorInfo[] modules = [.. Modules(names)];
        long[] ranks = [.. modules.Select(m => m.Shape.ElementAtOrDefault(0)).Distinct().Order()];
        string first = modules[0].Name[Prefix.Length..modules[0].Name.IndexOf(HalfA, StringComparison.Ordinal)];
        return $"PEFT LoRA adapter, rank {string.Join(", ", ranks.Take(5))}, on {modules.Length} modules such as {first}, "
            + $"{modules[0].Shape.ElementAtOrDefault(1)} channels wide";
    }

    // An adapter does not hold the tensors that would tell; what Radapt exported says it in the metadata.
    public override BackboneShape? Shape(StateDict names) =>
        BackboneShapeJson.Read(names.File.Metadata.GetValueOrDefault("radapt.backbone", ""));

    public override bool TellsHeads(StateDict names) => Shape(names) is not null;

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names) => null;

    public override IReadOnlyDictionary<string, string> Head(StateDict names) =>
        Named(names, n => n.Split('.').Any(p => p is "head" or "classifier" or "fc_norm"));

    public override IReadOnlyDictionary<string, string> Lora(StateDict names) =>
        Named(names, n => n.Contains(HalfA, StringComparison.Ordinal) || n.Contains(HalfB, StringComparison.Ordinal));

    private static Dictionary<string, string> Named(StateDict names, Func<string, bool> which) =>
        names.File.Tensors.Select(t => t.Name).Where(which).ToDictionary(n => n, n => n, StringComparer.Ordinal);

    private static IEnumerable<TensorInfo> Modules(StateDict names) =>
        names.File.Tensors.Where(t => t.Name.StartsWith(Prefix, StringComparison.Ordinal)
            && t.Name.IndexOf(HalfA, StringComparison.Ordinal) > Prefix.Length);
}
