using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Reads a transformer's dimensions off its tensors, by the names inside the model.</summary>
internal static partial class EncoderShape
{
    private const int UsualImage = 224;
    private const string CannotBeRead = ", from which Radapt's transformer cannot be built";

    /// <summary>The dimensions, or why there are none. Heads, which tensors do not tell, are those usual for the width.</summary>
    /// <param name="file">Where the tensors are.</param>
    /// <param name="encoder">Those of the encoder, by the names inside the model.</param>
    /// <param name="positions">How patches have places; rotary ones alone do not tell the image size, which is taken as 224 px.</param>
    public static (BackboneShape? Shape, string? Problem) Read(
        CheckpointFile file, IReadOnlyDictionary<string, TensorParts> encoder, PatchPositions positions)
    {
        IReadOnlyList<long>? ShapeOf(string name) => encoder.GetValueOrDefault(name)?.ShapeIn(file);
        int depth = Depth(encoder.Keys);
        if (ShapeOf("patch_embed.proj.weight") is not [var width, _, var patch, var patchWidth] || patch != patchWidth)
        {
            return (null,
                $"has a patch embedding of {Text(ShapeOf("patch_embed.proj.weight"))}{CannotBeRead}: it needs (width, 3, patch, patch)");
        }

        if (depth == 0)
        {
            return (null, "has no transformer blocks");
        }

        bool isRotary = positions == PatchPositions.Rotary;
        long side = patch > 0 ? Math.Max(1, UsualImage / patch) : 1;
        if ((isRotary ? [1, 1 + (side * side), width] : ShapeOf("pos_embed")) is not [1, var tokens, var positionWidth]
            || positionWidth != width)
        {
            return (null, encoder.ContainsKey("pos_embed")
                ? $"has positions of {Text(ShapeOf("pos_embed"))}{CannotBeRead}: it needs (1, 1 + patches, {width})"
                : "has no learned positions (pos_embed), which Radapt's transformer needs");
        }

        long grid = (long)Math.Round(Math.Sqrt(tokens - 1));
        if ((grid * grid) + 1 != tokens)
        {
            return (null,
                $"has positions for the class token and {tokens - 1} patches, which do not form a square; Radapt reads only models of "
                    + "square images without other tokens that have positions");
        }

        bool isGated = ShapeOf("blocks.0.mlp.w3.weight") is not null;
        long hidden = ShapeOf(isGated ? "blocks.0.mlp.w3.weight" : "blocks.0.mlp.fc2.weight") is [_, var inside]
            && inside is > 0 and < 1_000_000 ? inside : 4 * width;
        long registers = ShapeOf("register_tokens") is [1, var count, _] ? count : 0;
        if (grid is < 1 or > 9_999 || patch is < 1 or > 9_999 || width is < 1 or > 999_999 || registers is < 0 or > 9_999)
        {
            return (null, $"has dimensions that are out of range (width {width}, patch {patch}, {grid} x {grid} patches)");
        }

        var shape = new BackboneShape((int)(grid * patch), (int)patch, depth, (int)width, BackboneShape.UsualHeads(depth, (int)width))
        {
            Registers = (int)registers,
            LayerScale = encoder.ContainsKey("blocks.0.ls1.gamma"),
            SwiGlu = isGated,
            HiddenWidth = (int)hidden,
            HiddenNorm = isGated && encoder.ContainsKey("blocks.0.mlp.ffn_ln.weight"),
            Positions = positions,
        };

        // The usual heads may not divide an odd width; --heads tells then.
        return (shape with { Heads = 1 }).IsSound ? (shape, null) : (null, $"has dimensions that are out of range ({shape})");
    }

    /// <summary>Blocks, by the highest number.</summary>
    private static int Depth(IEnumerable<string> names) => names.Select(n => Block().Match(n)).Where(m => m.Success)
        .Select(m => 1 + int.Parse(m.Groups["number"].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();

    private static string Text(IReadOnlyList<long>? shape) => shape is null ? "no shape" : TensorInfo.ShapeOf(shape);

    [GeneratedRegex(@"^blocks\.(?<number>[0-9]{1,4})\.")]
    private static partial Regex Block();
}
