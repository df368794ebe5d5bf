using Radapt.Compute;
using Radapt.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LayerNorm = Radapt.Models.LayerNorm;

namespace Radapt.Pretraining;

/// <summary>
/// MAE's decoder (He et al. 2022), which MRM uses too: a small transformer over the encoder's tokens and mask tokens, which predicts the
/// pixels of patches. Its tensors are named as in their checkpoints, where they stand beside the encoder's.
/// </summary>
internal sealed class MaskedDecoder : nn.Module
{
    public readonly Projection decoder_embed;          // (D, C)
    public readonly Parameter mask_token;              // (1, 1, D)
    public readonly Parameter decoder_pos_embed;       // (1, 1 + L, D), fixed
    public readonly ModuleList<Block> decoder_blocks;
    public readonly LayerNorm decoder_norm;
    public readonly Projection decoder_pred;           // (3 Q^2, D)

    private readonly BackboneShape _encoder;
    private readonly Kernels _kernels;

    /// <param name="encoder">Dimensions of the encoder.</param>
    /// <param name="shape">Dimensions of this decoder.</param>
    /// <param name="targetSide">Side Q of a predicted patch, pixels: the patch size, twice that in MRM.</param>
    /// <param name="kernels">What runs the products.</param>
    public MaskedDecoder(BackboneShape encoder, DecoderShape shape, int targetSide, Kernels kernels)
        : base(nameof(MaskedDecoder))
    {
        (_encoder, _kernels) = (encoder, kernels);
        var blocks = new BackboneShape(encoder.ImageSize, encoder.PatchSize, shape.Depth, shape.Width, shape.Heads);
        decoder_embed = new Projection(encoder.Width, shape.Width, kernels);
        mask_token = Tensors.Parameter(kernels.Plan, 1, 1, shape.Width);
        decoder_pos_embed = Tensors.Parameter(kernels.Plan, 1, 1 + (encoder.Grid * encoder.Grid), shape.Width);
        decoder_blocks = new ModuleList<Block>(
            [.. Enumerable.Range(0, shape.Depth).Select(i => new Block(blocks, new StochasticDepth(i, 0), null, kernels))]);
        decoder_norm = new LayerNorm(shape.Width, blocks.Epsilon, kernels);
        decoder_pred = new Projection(shape.Width, 3 * targetSide * targetSide, kernels);
        RegisterComponents();
    }

    /// <summary>The encoder's tokens, with mask tokens in place of the patches that it did not see, through the blocks.</summary>
    /// <param name="latent">(B, 1 + R + K, C): class token, registers, kept patches</param>
    /// <param name="mask">Which patches were kept.</param>
    /// <param name="pass">Whether this pass trains.</param>
    /// <returns>(B, 1 + L, D): class token, all patches in their places</returns>
    public Tensor Decode(Tensor latent, PatchMask mask, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor embedded = decoder_embed.Forward(latent.to(_kernels.Plan.Type), pass).to(ScalarType.Float32); // (B, 1 + R + K, D)
        Tensor hidden = mask_token.expand(mask.Images, mask.Patches - mask.Kept, -1);
        Tensor together = cat([embedded[.., (1 + _encoder.Registers).., ..], hidden], 1); // (B, L, D)
        Tensor placed = PatchPixels.Select(together, mask.Places(latent.device));
        Tensor tokens = cat([embedded[.., ..1, ..], placed], 1).Plus(decoder_pos_embed);
        return Block.Run(decoder_blocks, tokens, pass, _kernels).MoveToOuterDisposeScope();
    }

    /// <summary>The pixels of patches. (B, M, D) -> (B, M, 3 Q^2), channels last, float32.</summary>
    public Tensor Predict(Tensor tokens, ForwardPass pass) =>
        decoder_pred.Forward(decoder_norm.Forward(tokens).to(_kernels.Plan.Type), pass).to(ScalarType.Float32);
}
