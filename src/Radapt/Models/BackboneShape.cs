using System.Globalization;
using System.Text.RegularExpressions;

namespace Radapt.Models;

/// <summary>The dimensions of a vision transformer. MLPs are four times as wide as the tokens.</summary>
/// <param name="ImageSize">Side of the square input, pixels.</param>
/// <param name="PatchSize">Side of a patch, pixels; divides the image size.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Width">Channels C of a token.</param>
/// <param name="Heads">Attention heads H; divides the width.</param>
public sealed partial record BackboneShape(int ImageSize, int PatchSize, int Depth, int Width, int Heads)
{
    private static readonly (string Size, int Depth, int Width, int Heads)[] s_sizes =
    [
        ("tiny", 12, 192, 3), ("small", 12, 384, 6), ("base", 12, 768, 12), ("large", 24, 1024, 16),
    ];

    /// <summary>Patches along one side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Whether such a transformer can be built: all positive, patches fill the image, heads divide the width, and not absurdly large.</summary>
    public bool IsSound =>
        ImageSize is > 0 and <= 4096 && PatchSize > 0 && ImageSize % PatchSize == 0 && Depth is > 0 and <= 256
        && Width is > 0 and <= 16384 && Heads > 0 && Width % Heads == 0;

    /// <summary>Tokens N: the class token and one per patch.</summary>
    public int Tokens => 1 + (Grid * Grid);

    /// <summary>The dimensions of one of timm's names, such as <c>vit_base_patch16_224</c>; null if it is none that Radapt knows.</summary>
    public static BackboneShape? FromName(string name)
    {
        Match match = TimmName().Match(name);
        if (!match.Success)
        {
            return null;
        }

        (_, int depth, int width, int heads) = s_sizes.First(s => s.Size == match.Groups["size"].Value);
        int patch = int.Parse(match.Groups["patch"].Value, CultureInfo.InvariantCulture);
        int image = int.Parse(match.Groups["image"].Value, CultureInfo.InvariantCulture);
        return patch > 0 && image >= patch ? new BackboneShape(image, patch, depth, width, heads) : null;
    }

    /// <summary>timm's name for these dimensions, or null where the width and depth are none of timm's.</summary>
    public string? Name => s_sizes.Where(s => (s.Depth, s.Width, s.Heads) == (Depth, Width, Heads))
        .Select(s => $"vit_{s.Size}_patch{PatchSize}_{ImageSize}").FirstOrDefault();

    /// <summary>The number of heads usual for a width: 64 channels each, which a checkpoint's tensors do not tell.</summary>
    public static int UsualHeads(int width) => Math.Max(1, width / 64);

    [GeneratedRegex("^vit_(?<size>tiny|small|base|large)_patch(?<patch>[0-9]{1,3})_(?<image>[0-9]{1,4})$")]
    private static partial Regex TimmName();
}
