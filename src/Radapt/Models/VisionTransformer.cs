using Radapt.Batching;
using Radapt.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// The vision transformer of Dosovitskiy et al. (2020) as MAE, MRM, DINOv2 (Oquab et al. 2023, with the registers of Darcet et al. 2023),
/// DINOv3 (Siméoni et al. 2025) and EVA-02 (Fang et al. 2023) use it. Its tensors are named as in checkpoints of MAE and DINOv2, and it
/// has those that its <see cref="BackboneShape"/> asks for. The final <c>norm</c> exists only where it is used: mean pooling reads the
/// tokens before it.
/// </summary>
internal sealed class VisionTransformer : nn.Module
{
    public readonly Parameter cls_token;        // (1, 1, C)
    public readonly Parameter? register_tokens; // (1, R, C)
    public readonly Parameter? pos_embed;       // (1, 1 + (S/P)^2, C), class token first, none for registers
    public readonly PatchEmbedding patch_embed;
    public readonly ModuleList<Block> blocks;
    public readonly LayerNorm? norm;

    private readonly Kernels _kernels;

    /// <param name="shape">Dimensions.</param>
    /// <param name="dropPath">Stochastic depth of the last block.</param>
    /// <param name="withNorm">Whether the final normalisation is part of the model.</param>
    /// <param name="kernels">What runs the products.</param>
    public VisionTransformer(BackboneShape shape, double dropPath, bool withNorm, Kernels kernels)
        : base(nameof(VisionTransformer))
    {
        (Shape, _kernels) = (shape, kernels);
        RequireMemory(shape, kernels.Plan);
        double[] rates = StochasticDepth.Rates(dropPath, shape.Depth);
        cls_token = Tensors.Parameter(kernels.Plan, 1, 1, shape.Width);
        register_tokens = shape.Registers > 0 ? Tensors.Parameter(kernels.Plan, 1, shape.Registers, shape.Width) : null;
        pos_embed = shape.Positions == PatchPositions.Rotary ? null
            : Tensors.Parameter(kernels.Plan, 1, 1 + (shape.Grid * shape.Grid), shape.Width);
        patch_embed = new PatchEmbedding(shape.PatchSize, shape.Width, kernels);
        RotaryPositions? rotary = shape.Positions == PatchPositions.Learned ? null : new RotaryPositions(shape);
        blocks = new ModuleList<Block>([.. rates.Select((rate, i) => new Block(shape, new StochasticDepth(i, rate), rotary, kernels))]);
        norm = withNorm ? new LayerNorm(shape.Width, shape.Epsilon, kernels) : null;
        RegisterComponents();
    }

    /// <summary>What computes it, and notes how.</summary>
    public Kernels Kernels => _kernels;

    /// <summary>The dimensions of this transformer.</summary>
    public BackboneShape Shape { get; }

    /// <summary>What adds tokens to those that the blocks read; whoever attached it owns it.</summary>
    public ITokenAdapter? TokenAdapter { get; set; }

    /// <summary>The four projections of every block, in order.</summary>
    public IEnumerable<Projection> Projections() => blocks.SelectMany(b => new[] { b.attn.qkv, b.attn.proj, b.mlp.Up, b.mlp.Down });

    /// <summary>The values of a batch, (B, …), where this transformer's tensors are.</summary>
    public Tensor ToTensor(ImageBatch batch)
    {
        long[] shape = [batch.Count, .. batch.Shape];
        return tensor(batch.Values.AsMemory(0, (int)shape.Aggregate((a, b) => a * b)), shape, device: cls_token.device);
    }

    /// <summary>Images to tokens.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>(B, N, C): class token, registers, patches row by row; normalised only where the model has a final norm</returns>
    public Tensor Forward(Tensor images, ForwardPass pass) => ForwardFrom(Embed(images), 0, pass);

    /// <summary>
    /// What the first <paramref name="count"/> blocks make of images in evaluation, where these are frozen and nothing in them is random.
    /// </summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="count">Blocks to run, 0 to all.</param>
    /// <returns>(B, N, C) in the plan's precision: the tokens that block <paramref name="count"/> reads</returns>
    public Tensor ForwardPrefix(Tensor images, int count) =>
        Run(Embed(images), 0, count, ForwardPass.Evaluation);

    /// <summary>The rest of the way: blocks from <paramref name="first"/> on and the final norm.</summary>
    /// <param name="tokens">(B, N, C), what block <paramref name="first"/> reads</param>
    /// <param name="first">The first block to run; the depth: none.</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>As <see cref="Forward"/>.</returns>
    public Tensor ForwardFrom(Tensor tokens, int first, ForwardPass pass) =>
        Finish(Run(ToTokens(tokens), first, Shape.Depth, pass));

    /// <summary>One block with the tokens that are added before it. (B, N or more, C) -> (B, N or more, C).</summary>
    public Tensor RunBlock(int block, Tensor tokens, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var stream = new ResidualStream(TokenAdapter?.Before(block, tokens) ?? tokens, null);
        return blocks[block].Forward(stream, pass).Settle(_kernels).MoveToOuterDisposeScope();
    }

    /// <summary>Images to the tokens that the first block reads: (B, 1 or 3, S, S) -> (B, N, C), float32.</summary>
    public Tensor Embed(Tensor images) => Place(patch_embed.Forward(images), pos_embed);

    /// <summary>Puts the class token before patches, adds positions, and registers between, which have none.</summary>
    /// <param name="patches">(B, L, C), whatever grid they are from</param>
    /// <param name="positions">(1, 1 + L, C), class token first; null: none are added</param>
    /// <returns>(B, N, C), float32: what the first block reads</returns>
    public Tensor Place(Tensor patches, Tensor? positions)
    {
        long b = patches.shape[0];
        Tensor tokens = cat([cls_token.expand(b, -1, -1), patches], 1); // (B, 1 + L, C)
        tokens = positions is null ? tokens : tokens.Plus(positions);
        // (B, N, C)
        tokens = register_tokens is null ? tokens : cat([tokens[.., ..1, ..], register_tokens.expand(b, -1, -1), tokens[.., 1.., ..]], 1);
        return tokens.to(ScalarType.Float32);
    }

    /// <summary>Kept features, whatever type they were kept in, to what a block reads. (B, N, C) -> (B, N, C).</summary>
    public static Tensor ToTokens(Tensor features) => features.to(ScalarType.Float32);

    /// <summary>
    /// What follows the last block: added tokens go, and the final norm, where the model has one. (B, N or more, C) -> (B, N, C).
    /// </summary>
    public Tensor Finish(Tensor tokens)
    {
        Tensor own = TokenAdapter?.AfterLast(tokens) ?? tokens;
        return norm is null ? own : norm.Forward(own);
    }

    // Dimensions come from files that nobody vouches for, and the system grants memory that it does not have.
    private static void RequireMemory(BackboneShape shape, ComputePlan plan)
    {
        (double needed, double there) = (4.0 * (shape.Parameters + shape.TokenElements), Machine.MemoryBytes);
        if (plan.Device == "cpu" && needed > there)
        {
            throw new RadaptException(FormattableString.Invariant(
                $"A backbone of {shape} takes {needed / 1e9:0} GB of memory for its weights and one image, but this process may use only {there / 1e9:0} GB. Use a smaller backbone, or check the file that describes this one."));
        }
    }

    private Tensor Run(Tensor tokens, int first, int end, ForwardPass pass)
    {
        if (TokenAdapter is not null)
        {
            return Enumerable.Range(first, end - first).Aggregate(tokens, (t, block) => RunBlock(block, t, pass));
        }

        return Block.Run(blocks.Skip(first).Take(end - first), tokens, pass, _kernels);
    }
}
