using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// DINOv2 as timm names and saves it: no mask token; registers are <c>reg_token</c>, and with them the class token carries its position
/// already, so that <c>pos_embed</c> has none for it; SwiGLU's projections are called <c>fc1</c> and <c>fc2</c>.
/// </summary>
internal sealed class TimmDinov2Names : DialectNames
{
    public override Dialect Dialect => Dialect.TimmDinov2;

    public override string Option => "timm-dinov2";

    public override bool Matches(StateDict names) =>
        names.Has(StateDict.Native) && (names.HasAnyEnding(".ls1.gamma") || names.Has("reg_token")) && !names.Has("register_tokens")
        && !names.HasAnyEnding(".mlp.w12.weight") && !names.HasAnyEnding(".lora_A");

    public override ToldPreparation? Preparation(StateDict names) => ToldPreparation.FromTimm(names.File.Path);

    public override string Describe(StateDict names) => $"DINOv2 backbone{(names.Has("reg_token") ? " with registers" : "")} (timm names)";

    public override IReadOnlyDictionary<string, TensorParts>? Encoder(StateDict names)
    {
        // A gate doubles the rows of the first projection.
        bool isGated = names.ShapeOf("blocks.0.mlp.fc1.weight") is [var rows, _]
            && names.ShapeOf("blocks.0.mlp.fc2.weight") is [_, var hidden] && rows == 2 * hidden;
        bool isFolded = names.Has("reg_token");
        var encoder = new Dictionary<string, TensorParts>(StringComparer.Ordinal);
        foreach ((string name, string inFile) in names.Select(n => IsEncoder(n) || n == "reg_token"))
        {
            string own = name == "reg_token" ? "register_tokens"
                : isGated ? name.Replace(".mlp.fc1.", ".mlp.w12.", StringComparison.Ordinal)
                    .Replace(".mlp.fc2.", ".mlp.w3.", StringComparison.Ordinal) : name;
            encoder[own] = own == "pos_embed" && isFolded ? TensorParts.AfterZeros(inFile) : TensorParts.Whole(inFile);
        }

        return encoder;
    }
}
