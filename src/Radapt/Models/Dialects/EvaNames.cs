using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// EVA-02 as its own code saves it, and EVA-X: native names with a gated feed-forward, biases of queries and values alone, and a table of
/// rotary positions, which is computed here. The base model has query, key and value apart, and a norm behind the gate.
/// </summary>
internal sealed partial class EvaNames : DialectNames
{
    private const string Cosines = "rope.freqs_cos";

    private static readonly string[] s_thirds = ["q", "k", "v"];

    public override Dialect Dialect => Dialect.Eva;

    public override string Option => "eva";

    public override PatchPositions Positions => PatchPositions.LearnedAndRotary;

    public override bool Matches(StateDict names) =>
        names.Has(StateDict.Native) && names.Has(Cosines) && names.HasAnyEnding(".attn.q_bias") && names.HasAnyEnding(".mlp.w3.weight");

    public override string Describe(StateDict names) => $"EVA-02 {(names.Has("mask_token") ? "pre-training checkpoint" : "encoder")}";

    // EVA-X's own, in fine-tuning.
    public override (double Mean, double Std) Normalisation(StateDict names) => (.491852, .285093);

    public override PositionResizing? Resizing(StateDict names, bool isForced) => PositionResizing.Antialiased;

    public override string? StoredRotation(StateDict names) => names.Select(n => n == Cosines).Values.FirstOrDefault();

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, string> own = names.Select(n => IsEncoder(n) && !IsRotation(n));
        foreach ((string name, string inFile) in own.Where(n => !Third().IsMatch(n.Key)))
        {
            encoder[name] = TensorParts.Whole(inFile);
        }

        long width = names.ShapeOf("cls_token") is [_, _, var channels] ? channels : 0;
        IEnumerable<string> blocks = own.Keys.Select(n => Third().Match(n)).Where(m => m.Success).Select(m => m.Groups["block"].Value);
        foreach (string block in blocks.Distinct())
        {
            string?[] weights = [.. s_thirds.Select(t => own.GetValueOrDefault($"{block}{t}_proj.weight"))];
            if (weights.Any(w => w is not null))
            {
                encoder[$"{block}qkv.weight"] = TensorParts.Rows([.. weights.OfType<string>()]);
            }

            encoder[$"{block}qkv.bias"] = TensorParts.Vector(width, [.. s_thirds.Select(t => own.GetValueOrDefault($"{block}{t}_bias"))]);
        }

        FusedParts.JoinGate(encoder, "mlp.w1", "mlp.w2");
        return encoder;
    }

    public override (string Group, string Reason) LeftOut(string name) => IsRotation(name) ? ("rotary tables", "they are computed")
        : name.Contains("lm_head.", StringComparison.Ordinal) ? ("pre-training head", ForPretraining) : base.LeftOut(name);

    private static bool IsRotation(string name) => Rotation().IsMatch(name);

    [GeneratedRegex(@"(^|\.)rope\.freqs_(cos|sin)$")]
    private static partial Regex Rotation();

    [GeneratedRegex(@"^(?<block>blocks\.[0-9]{1,4}\.attn\.)([qkv]_proj\.weight|[qv]_bias)$")]
    private static partial Regex Third();
}
