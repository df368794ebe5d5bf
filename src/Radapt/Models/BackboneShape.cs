using System.Globalization;
using System.Text.RegularExpressions;

namespace Radapt.Models;

/// <summary>
/// The dimensions of a vision transformer. What is not given is as in MAE and MRM: no registers, no LayerScale, an MLP four times as wide
/// as the tokens.
/// </summary>
/// <param name="ImageSize">Side of the square input, pixels.</param>
/// <param name="PatchSize">Side of a patch, pixels; divides the image size.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Width">Channels C of a token.</param>
/// <param name="Heads">Attention heads H; divides the width.</param>
public sealed partial record BackboneShape(int ImageSize, int PatchSize, int Depth, int Width, int Heads)
{
    private const double UsualEpsilon = 1e-6;

    /// <summary>What DINOv3's norms add to the variance.</summary>
    internal const double Dinov3Epsilon = 1e-5;

    private const int Dinov3Image = 224;

    private static readonly (string Size, int Depth, int Width, int Heads)[] s_sizes =
    [
        ("tiny", 12, 192, 3), ("small", 12, 384, 6), ("base", 12, 768, 12), ("large", 24, 1024, 16), ("huge", 32, 1280, 16),
        ("giant", 40, 1536, 24),
    ];

    // DINOv3's; 0: no gate.
    private static readonly (string Size, int Depth, int Width, int Heads, int Gated)[] s_dinov3 =
    [
        ("small", 12, 384, 6, 0), ("small_plus", 12, 384, 6, 1536), ("base", 12, 768, 12, 0), ("large", 24, 1024, 16, 0),
        ("huge_plus", 32, 1280, 20, 5120), ("7b", 40, 4096, 32, 8192),
    ];

    /// <summary>Register tokens R between class token and patches (Darcet et al. 2023).</summary>
    public int Registers { get; init; }

    /// <summary>Whether a learned factor per channel scales every residual branch, as in DINOv2.</summary>
    public bool LayerScale { get; init; }

    /// <summary>Whether the feed-forward is gated (SwiGLU) rather than an MLP with GELU.</summary>
    public bool SwiGlu { get; init; }

    /// <summary>Whether a norm is behind the gate of the feed-forward, as in EVA-02's base model.</summary>
    public bool HiddenNorm { get; init; }

    /// <summary>How patches have places.</summary>
    public PatchPositions Positions { get; init; }

    /// <summary>Channels inside the feed-forward; of a gated one, those behind the gate. Four times the width unless given.</summary>
    public int HiddenWidth
    {
        get => field == 0 ? 4 * Width : field;
        init => field = value == 4 * Width ? 0 : value; // so that equal dimensions are equal records
    }

    /// <summary>
    /// What layer normalisations add to the variance: 1e-6 in MAE, MRM and DINOv2 (PyTorch's default 1e-5 changes the logits visibly).
    /// </summary>
    public double Epsilon { get; init; } = UsualEpsilon;

    /// <summary>Patches along one side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>
    /// Whether such a transformer can be built: all positive, patches fill the image, heads divide the width, and not absurdly large.
    /// </summary>
    public bool IsSound =>
        ImageSize is > 0 and <= 4096 && PatchSize > 0 && ImageSize % PatchSize == 0 && Depth is > 0 and <= 256
        && Width is > 0 and <= 16384 && Heads > 0 && Width % Heads == 0 && Registers is >= 0 and <= 1024 && HiddenWidth is > 0 and <= 262144
        && Epsilon is > 0 and <= 1 && (Positions == PatchPositions.Learned || Width / Heads % 4 == 0) && (SwiGlu || !HiddenNorm);

    /// <summary>The feed-forward as the option <c>ffn</c> calls it.</summary>
    internal FeedForwardKind FeedForward =>
        !SwiGlu ? FeedForwardKind.Mlp : HiddenNorm ? FeedForwardKind.SwiGluNorm : FeedForwardKind.SwiGlu;

    /// <summary>Tokens N: the class token, the registers and one per patch.</summary>
    public int Tokens => 1 + Registers + (Grid * Grid);

    /// <summary>Parameters of such a transformer without final norm and head, biases, norms and LayerScale left aside.</summary>
    internal double Parameters =>
        (Depth * Width * ((4.0 * Width) + ((SwiGlu ? 3.0 : 2.0) * HiddenWidth))) + (Width * (Tokens + (3.0 * PatchSize * PatchSize)));

    /// <summary>
    /// Elements of what one block computes of one image at the least: its input, query, key and value, and the feed-forward.
    /// </summary>
    internal double TokenElements => Tokens * ((4.0 * Width) + HiddenWidth);

    /// <summary>
    /// The dimensions of one of timm's names, such as <c>vit_base_patch16_224</c>, <c>vit_base_patch14_reg4_dinov2</c> (518 px, with
    /// LayerScale) or <c>vit_base_patch16_dinov3</c> (224 px); null if it is none that Radapt knows.
    /// </summary>
    public static BackboneShape? FromName(string name)
    {
        Match match = TimmName().Match(name);
        if (!match.Success)
        {
            return null;
        }

        if (match.Groups["dinov3"].Success)
        {
            (_, int depth3, int width3, int heads3, int gated) = s_dinov3.First(s => s.Size == match.Groups["size"].Value);
            return new BackboneShape(Dinov3Image, 16, depth3, width3, heads3)
            {
                LayerScale = true,
                Registers = 4,
                SwiGlu = gated > 0,
                HiddenWidth = gated > 0 ? gated : 4 * width3,
                Epsilon = Dinov3Epsilon,
                Positions = PatchPositions.Rotary,
            };
        }

        (string size, int depth, int width, int heads) = s_sizes.First(s => s.Size == match.Groups["size"].Value);
        if (match.Groups["dinov2"].Success)
        {
            return new BackboneShape(518, 14, depth, width, heads)
            {
                LayerScale = true,
                Registers = match.Groups["registers"].Success ? 4 : 0,
                SwiGlu = size == "giant",
                HiddenWidth = size == "giant" ? GatedWidth(width) : 4 * width,
            };
        }

        int patch = int.Parse(match.Groups["patch"].Value, CultureInfo.InvariantCulture);
        int image = int.Parse(match.Groups["image"].Value, CultureInfo.InvariantCulture);
        return patch > 0 && image >= patch ? new BackboneShape(image, patch, depth, width, heads) : null;
    }

    /// <summary>
    /// timm's name for these dimensions, or null where they are none of timm's. Names of DINOv2 and DINOv3 do not tell the image size.
    /// </summary>
    public string? Name => s_dinov3.Select(s => $"vit_{s.Size}_patch16_dinov3")
        .Concat(s_sizes.Where(s => (s.Depth, s.Width, s.Heads) == (Depth, Width, Heads))
            .Select(s => LayerScale ? $"vit_{s.Size}_patch{PatchSize}{(Registers > 0 ? $"_reg{Registers}" : "")}_dinov2"
                : $"vit_{s.Size}_patch{PatchSize}_{ImageSize}"))
        .FirstOrDefault(name => FromName(name) is { } named && (named with { ImageSize = ImageSize }) == this);

    /// <summary>
    /// The number of heads usual for a depth and a width, which a checkpoint's tensors do not tell: that of the published size, as the 16
    /// of ViT-H, else 64 channels each.
    /// </summary>
    public static int UsualHeads(int depth, int width) =>
        s_sizes.FirstOrDefault(s => (s.Depth, s.Width) == (depth, width)) is { Heads: > 0 and var heads } ? heads : Math.Max(1, width / 64);

    /// <summary>What a DINOv2 with SwiGLU has as hidden width: two thirds of four times the width, rounded up to a multiple of 8.</summary>
    public static int GatedWidth(int width) => ((4 * width * 2 / 3) + 7) / 8 * 8;

    /// <summary>The dimensions for people: "image 224, patch 14, depth 12, width 768, heads 12, 4 registers, LayerScale".</summary>
    public override string ToString()
    {
        string text = $"image {ImageSize}, patch {PatchSize}, depth {Depth}, width {Width}, heads {Heads}";
        string registers = Registers > 0 ? $", {Registers} registers" : "";
        string hidden = SwiGlu || HiddenWidth != 4 * Width
            ? $", {(SwiGlu ? "SwiGLU" : "MLP")} {HiddenWidth} wide{(HiddenNorm ? " with a norm" : "")}" : "";
        string positions = Positions switch
        {
            PatchPositions.Rotary => ", rotary positions",
            PatchPositions.LearnedAndRotary => ", learned and rotary positions",
            _ => "",
        };
        string epsilon = Epsilon == UsualEpsilon ? "" : string.Create(CultureInfo.InvariantCulture, $", norm eps {Epsilon}");
        return $"{text}{registers}{(LayerScale ? ", LayerScale" : "")}{hidden}{positions}{epsilon}";
    }

    [GeneratedRegex(
        "^vit_((?<size>tiny|small|base|large|huge)_patch(?<patch>[0-9]{1,3})_(?<image>[0-9]{1,4})|(?<size>small|base|large|giant)_patch14_(?<registers>reg4_)?(?<dinov2>dinov2)|(?<size>small|small_plus|base|large|huge_plus|7b)_patch16_(?<dinov3>dinov3))$")]
    private static partial Regex TimmName();
}
