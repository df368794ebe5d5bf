using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// facebookresearch/dinov3: native names with LayerScale, registers called <c>storage_tokens</c>, a gated feed-forward with its halves
/// apart, and rotary positions, whose periods are stored and computed here. The bias of keys is masked.
/// </summary>
internal sealed class Dinov3Names : DialectNames
{
    private const string Periods = "rope_embed.periods", Storage = "storage_tokens", KeyMask = ".attn.qkv.bias_mask";

    public override Dialect Dialect => Dialect.Dinov3;

    public override string Option => "dinov3";

    public override PatchPositions Positions => PatchPositions.Rotary;

    public override bool Matches(StateDict names) => names.Has(StateDict.Native) && (names.Has(Periods) || names.Has(Storage));

    public override string Describe(StateDict names) =>
        $"DINOv3 {(names.Prefix.Contains("backbone.", StringComparison.Ordinal) ? "training checkpoint" : "backbone")}";

    // ImageNet's, averaged since radiographs are gray: the publisher's for all DINOv3 but the satellite ones.
    public override (double Mean, double Std) Normalisation(StateDict names) => (.449, .226);

    // The periods are a quarter of a head's channels.
    public override BackboneShape? Shape(StateDict names)
    {
        if (base.Shape(names) is not { } shape)
        {
            return null;
        }

        BackboneShape told = shape with { Epsilon = BackboneShape.Dinov3Epsilon, Heads = Heads(names, shape) ?? shape.Heads };
        return told.IsSound ? told : shape;
    }

    public override bool TellsHeads(StateDict names) => Shape(names) is { } shape && Heads(names, shape) == shape.Heads;

    public override string? Problem(StateDict names) => names.Has("pos_embed")
        ? "has learned positions (pos_embed) in addition to rotary ones, which DINOv3 does not have"
        : names.HasAny("cls_norm.") ? "has a separate norm for the class token (cls_norm), which Radapt's transformer does not have"
        : base.Problem(names);

    public override string? StoredRotation(StateDict names) => names.Select(n => n == Periods).Values.FirstOrDefault();

    public override bool MasksKeyBias(StateDict names) => names.HasAnyEnding(KeyMask);

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in names.Select(n => IsEncoder(n) && !n.EndsWith(KeyMask, StringComparison.Ordinal)))
        {
            encoder[name] = TensorParts.Whole(inFile);
        }

        foreach ((_, string inFile) in names.Select(n => n == Storage))
        {
            encoder["register_tokens"] = TensorParts.Whole(inFile);
        }

        FusedParts.JoinGate(encoder, "mlp.w1", "mlp.w2");
        FusedParts.AddAbsentBias(encoder, names.File); // ViT-7B has none
        return encoder;
    }

    public override (string Group, string Reason) LeftOut(string name) =>
        name.EndsWith(Periods, StringComparison.Ordinal) ? ("rotary periods", "they are computed")
            : name.EndsWith(KeyMask, StringComparison.Ordinal) ? ("masks of the keys' bias", "that bias is zero")
            : name.Contains("local_cls_norm.", StringComparison.Ordinal) ? ("norm of small crops", ForPretraining)
            : base.LeftOut(name);

    private static int? Heads(StateDict names, BackboneShape shape) =>
        names.ShapeOf(Periods) is [var quarter and > 0 and < 10_000] && shape.Width % (4 * quarter) == 0
            ? shape.Width / (4 * (int)quarter) : null;
}
