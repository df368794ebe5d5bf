using Radapt.Models;

namespace Radapt.Benchmarks;

/// <summary>Transformer blocks and how many tokens of an image they see: what their matrix products depend on.</summary>
/// <param name="Depth">Blocks.</param>
/// <param name="Width">Channels C.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Up">Outputs of the feed-forward's first projection.</param>
/// <param name="Hidden">Channels inside the feed-forward.</param>
/// <param name="Tokens">Tokens N of an image.</param>
/// <param name="Patches">Patches of an image that are embedded; 0: none.</param>
/// <param name="PatchValues">Values of a patch.</param>
internal sealed record TokenStack(int Depth, int Width, int Heads, int Up, int Hidden, int Tokens, int Patches, int PatchValues)
{
    /// <summary>Channels of a head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>The four projections of a block.</summary>
    public IReadOnlyList<(string Name, int Inputs, int Outputs)> Projections =>
        [("qkv", Width, 3 * Width), ("proj", Width, Width), ("fc1", Width, Up), ("fc2", Hidden, Width)];

    /// <summary>A backbone that sees every patch.</summary>
    public static TokenStack From(BackboneShape shape) => From(shape, shape.Grid * shape.Grid);

    /// <summary>A backbone that sees some patches.</summary>
    public static TokenStack From(BackboneShape shape, int patches) => new(shape.Depth, shape.Width, shape.Heads,
        (shape.SwiGlu ? 2 : 1) * shape.HiddenWidth, shape.HiddenWidth, 1 + shape.Registers + patches, patches,
        3 * shape.PatchSize * shape.PatchSize);
}
