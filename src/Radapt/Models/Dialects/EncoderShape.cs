using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Reads a transformer's dimensions off its tensors, by the names inside the model.</summary>
internal static partial class EncoderShape
{
    /// <summary>Null where the tensors contradict each other. Heads, which they do not tell, are those usual for the width.</summary>
    public static BackboneShape? Read(CheckpointFile file, IReadOnlyDictionary<string, TensorParts> encoder)
    {
        IReadOnlyList<long>? ShapeOf(string name) => encoder.GetValueOrDefault(name)?.ShapeIn(file);
        int depth = encoder.Keys.Select(n => Block().Match(n)).Where(m => m.Success)
            .Select(m => 1 + int.Parse(m.Groups["number"].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
        if (ShapeOf("patch_embed.proj.weight") is not [var width, _, var patch, var patchWidth] || patch != patchWidth
            || ShapeOf("pos_embed") is not [1, var tokens, var positionWidth] || positionWidth != width || depth == 0)
        {
            return null;
        }

        long grid = (long)Math.Round(Math.Sqrt(tokens - 1));
        bool isGated = ShapeOf("blocks.0.mlp.w3.weight") is not null;
        long hidden = ShapeOf(isGated ? "blocks.0.mlp.w3.weight" : "blocks.0.mlp.fc2.weight") is [_, var inside] && inside is > 0 and < 1_000_000 ? inside : 4 * width;
        long registers = ShapeOf("register_tokens") is [1, var count, _] ? count : 0;
        if ((grid * grid) + 1 != tokens || grid is < 1 or > 9_999 || patch is < 1 or > 9_999 || width is < 1 or > 999_999 || registers is < 0 or > 9_999)
        {
            return null;
        }

        var shape = new BackboneShape((int)(grid * patch), (int)patch, depth, (int)width, BackboneShape.UsualHeads((int)width))
        {
            Registers = (int)registers,
            LayerScale = encoder.ContainsKey("blocks.0.ls1.gamma"),
            SwiGlu = isGated,
            HiddenWidth = (int)hidden,
        };
        return (shape with { Heads = 1 }).IsSound ? shape : null; // the usual heads may not divide an odd width; --heads tells then
    }

    [GeneratedRegex(@"^blocks\.(?<number>[0-9]{1,4})\.")]
    private static partial Regex Block();
}
