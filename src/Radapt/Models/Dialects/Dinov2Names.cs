using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// facebookresearch/dinov2: native names with LayerScale, a mask token and registers. Training checkpoints nest the teacher's
/// backbone and number its blocks <c>blocks.CHUNK.BLOCK</c>, the block counted over all chunks.
/// </summary>
internal sealed partial class Dinov2Names : DialectNames
{
    public override Dialect Dialect => Dialect.Dinov2;

    public override string Option => "dinov2";

    public override bool Matches(StateDict names) => CanRead(names) && (names.Has("mask_token") || names.Has("register_tokens"));

    public override bool CanRead(StateDict names) =>
        names.Has(StateDict.Native) && names.HasAnyEnding(".ls1.gamma") && !names.Has("reg_token") && !names.HasAnyEnding(".lora_A");

    public override string Describe(StateDict names) =>
        $"DINOv2 {(names.Prefix.Contains("backbone.", StringComparison.Ordinal) ? "training checkpoint" : "backbone")}{(names.Has("register_tokens") ? " with registers" : "")}";

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in names.Select(IsEncoder))
        {
            encoder[Chunk().Replace(name, "blocks.")] = TensorParts.Whole(inFile);
        }

        return encoder;
    }

    [GeneratedRegex(@"^blocks\.[0-9]{1,4}\.(?=[0-9]{1,4}\.)")]
    private static partial Regex Chunk();
}
