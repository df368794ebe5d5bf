using System.Globalization;
using System.Text.RegularExpressions;
using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// The part of a file that is a model's state dict, by the names inside the model. Checkpoints wrap it in <c>model</c>,
/// <c>state_dict</c>, <c>teacher</c>, <c>module</c>, <c>backbone</c>, …; the patch embedding, which every vision transformer has, shows where it is.
/// </summary>
internal sealed partial class StateDict
{
    /// <summary>The patch embedding in the names of timm, MAE, MRM and DINOv2, and in those of Hugging Face.</summary>
    public const string Native = "patch_embed.proj.weight", HuggingFace = "embeddings.patch_embeddings.projection.weight";

    // Which of several copies is the model: an averaged teacher rather than the student it taught.
    private static readonly string[] s_preferred = ["", "model", "state_dict", "teacher"];

    private readonly Dictionary<string, TensorInfo> _inside = new(StringComparer.Ordinal);

    public StateDict(CheckpointFile file)
    {
        File = file;
        Prefix = file.Tensors.Where(t => t.Shape.Count == 4).Select(t => PrefixOf(t.Name)).OfType<string>()
            .OrderBy(p => Array.IndexOf(s_preferred, p.Split('.')[0]) is >= 0 and var rank ? rank : s_preferred.Length).FirstOrDefault() ?? "";
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (tensor.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _inside[tensor.Name[Prefix.Length..]] = tensor;
            }
        }
    }

    public CheckpointFile File { get; }

    /// <summary>What stands before the model's names, with its last dot.</summary>
    public string Prefix { get; }

    /// <summary>Names inside the model.</summary>
    public IEnumerable<string> Names => _inside.Keys;

    public bool Has(string name) => _inside.ContainsKey(name);

    public bool HasAny(string start) => _inside.Keys.Any(n => n.StartsWith(start, StringComparison.Ordinal));

    public bool HasAnyEnding(string end) => _inside.Keys.Any(n => n.EndsWith(end, StringComparison.Ordinal));

    public IReadOnlyList<long>? ShapeOf(string name) => _inside.GetValueOrDefault(name)?.Shape;

    /// <summary>The names that pass, each with its name in the file.</summary>
    public IReadOnlyDictionary<string, string> Select(Func<string, bool> which) =>
        _inside.Where(t => which(t.Key)).ToDictionary(t => t.Key, t => t.Value.Name, StringComparer.Ordinal);

    /// <summary>
    /// The dimensions that the tensors tell, or null where they contradict each other; heads are those usual for the width.
    /// </summary>
    /// <param name="patchEmbedding">Name of the convolution's weight (C, 3, P, P).</param>
    /// <param name="positions">Name of the position embedding (1, 1 + grid², C).</param>
    /// <param name="blocks">What stands before a block's number.</param>
    public BackboneShape? Dimensions(string patchEmbedding, string positions, string blocks)
    {
        // timm's register models keep no position for the class token.
        int withoutGrid = Has("reg_token") ? 0 : 1;
        int depth = Depth(blocks);
        if (ShapeOf(patchEmbedding) is not [var width, _, var patch, var patchWidth] || patch != patchWidth
            || ShapeOf(positions) is not [1, var tokens, var positionWidth] || positionWidth != width || depth == 0)
        {
            return null;
        }

        long grid = (long)Math.Round(Math.Sqrt(tokens - withoutGrid));
        return grid * grid == tokens - withoutGrid && grid is > 0 and < 10_000 && patch is > 0 and < 10_000 && width is > 0 and < 1_000_000
            ? new BackboneShape((int)(grid * patch), (int)patch, depth, (int)width, BackboneShape.UsualHeads((int)width))
            : null;
    }

    /// <summary>Number of blocks; DINOv2's training checkpoints number them <c>blocks.chunk.block</c>, the block counted over all chunks.</summary>
    private int Depth(string blocks)
    {
        int depth = 0;
        foreach (string name in _inside.Keys.Where(n => n.StartsWith(blocks, StringComparison.Ordinal)))
        {
            Match number = BlockNumber().Match(name, blocks.Length, name.Length - blocks.Length);
            if (number.Success)
            {
                depth = Math.Max(depth, 1 + int.Parse(number.Groups["block"].Value, CultureInfo.InvariantCulture));
            }
        }

        return depth;
    }

    private static string? PrefixOf(string name)
    {
        foreach (string anchor in (string[])[Native, HuggingFace])
        {
            if (name == anchor || name.EndsWith("." + anchor, StringComparison.Ordinal))
            {
                return name[..^anchor.Length];
            }
        }

        return null;
    }

    [GeneratedRegex(@"\G(?:[0-9]{1,4}\.)?(?<block>[0-9]{1,4})\.")]
    private static partial Regex BlockNumber();
}
