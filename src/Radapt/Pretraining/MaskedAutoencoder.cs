using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Pretraining;

/// <summary>
/// The masked autoencoder of He et al. (2022): the encoder sees a part of the patches, a small decoder predicts the pixels of the others.
/// Its position embeddings are fixed. It owns both modules.
/// </summary>
internal sealed class MaskedAutoencoder : IDisposable
{
    /// <param name="shape">The encoder.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="targetSide">Side Q of a predicted patch, pixels.</param>
    /// <param name="kernels">What runs the products.</param>
    /// <exception cref="RadaptException">The encoder's positions are rotary: those of kept patches alone are not computed yet.</exception>
    public MaskedAutoencoder(BackboneShape shape, DecoderShape decoder, int targetSide, Kernels kernels)
    {
        if (shape.Positions != PatchPositions.Learned)
        {
            throw new RadaptException(
                "Backbones with rotary positions (DINOv3, EVA) cannot be pre-trained by masking yet; use another backbone.");
        }

        Encoder = new VisionTransformer(shape, dropPath: 0, withNorm: true, kernels);
        Decoder = new MaskedDecoder(shape, decoder, targetSide, kernels);
        TargetSide = targetSide;
    }

    /// <summary>The encoder, with its final norm.</summary>
    public VisionTransformer Encoder { get; }

    /// <summary>The decoder.</summary>
    public MaskedDecoder Decoder { get; }

    /// <summary>Side Q of a predicted patch, pixels.</summary>
    public int TargetSide { get; }

    /// <summary>Side T of the images to predict, pixels: that of the encoder's, or larger.</summary>
    public int ImageSide => Encoder.Shape.Grid * TargetSide;

    /// <summary>All tensors under the names of MAE's checkpoints.</summary>
    public IEnumerable<(string Name, TorchSharp.Modules.Parameter Tensor)> Tensors() =>
        Encoder.named_parameters().Concat(Decoder.named_parameters());

    /// <summary>Lets gradients flow into all tensors but the position embeddings, and gives those that train.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Train()
    {
        (string Name, Tensor Tensor)[] trained =
            [.. Tensors().Where(t => t.Name is not ("pos_embed" or "decoder_pos_embed")).Select(t => (t.Name, (Tensor)t.Tensor))];
        foreach ((_, Tensor tensor) in trained)
        {
            tensor.requires_grad_(true);
        }

        return trained;
    }

    /// <summary>
    /// Random weights as MAE draws them (uniform Xavier matrices, class and mask token normal with 0.02), and its sin-cos positions.
    /// </summary>
    public void InitialiseFromScratch(long seed)
    {
        Initialisation.FromScratch(Encoder, seed);
        Assign(Encoder.pos_embed!, PositionEmbedding.SinCos(Encoder.Shape.Width, Encoder.Shape.Grid));
        Initialisation.FromScratch(Decoder, seed);
        Assign(Decoder.decoder_pos_embed, PositionEmbedding.SinCos((int)Decoder.mask_token.shape[2], Encoder.Shape.Grid));
    }

    /// <summary>
    /// What the encoder sees of the images to predict; where these are larger: bicubic, a = -0.75, without antialias, as in MRM.
    /// (B, c, T, T) -> (B, c, S, S).
    /// </summary>
    public Tensor ToEncoderSize(Tensor images)
    {
        int side = Encoder.Shape.ImageSize;
        return side == ImageSide ? images : F.interpolate(images, [side, side], mode: InterpolationMode.Bicubic, align_corners: false);
    }

    /// <summary>What the encoder makes of the kept patches; the others are not computed.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="mask">Which patches are kept.</param>
    /// <param name="pass">Whether this pass trains.</param>
    /// <returns>(B, 1 + R + K, C), after the final norm</returns>
    public Tensor Encode(Tensor images, PatchMask mask, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor kept = mask.KeptPatches(images.device); // (B, K)
        Tensor pixels = PatchPixels.Select(PatchPixels.Cut(images, Encoder.Shape.PatchSize), kept); // (B, K, P^2, c)
        Tensor patches = Encoder.patch_embed.ForwardPatches(pixels); // (B, K, C)
        Tensor positions = Encoder.pos_embed![0, 1.., ..].index_select(0, kept.flatten()).view(patches.shape);
        Tensor first = Encoder.pos_embed![.., ..1, ..].expand(mask.Images, -1, -1);
        Tensor tokens = Encoder.Place(patches, cat([first, positions], 1));
        return Encoder.ForwardFrom(tokens, 0, pass).MoveToOuterDisposeScope();
    }

    /// <summary>The predicted pixels of all patches: (B, L, 3 Q^2), channels last.</summary>
    public Tensor Predict(Tensor images, PatchMask mask, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor tokens = Decoder.Decode(Encode(images, mask, pass), mask, pass);
        return Decoder.Predict(tokens[.., 1.., ..], pass).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean squared error of the masked patches. Only these are predicted; an image of one channel stands for three equal ones.
    /// </summary>
    /// <param name="latent">What <see cref="Encode"/> gave.</param>
    /// <param name="targets">(B, 1 or 3, T, T): the images to predict, T = grid x Q.</param>
    /// <param name="mask">Which patches were kept.</param>
    /// <param name="normalised">Each target patch is normalised by its own mean and variance.</param>
    /// <param name="pass">Whether this pass trains.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Tensor latent, Tensor targets, PatchMask mask, bool normalised, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor masked = mask.MaskedPatches(targets.device); // (B, M)
        Tensor tokens = Decoder.Decode(latent, mask, pass);
        Tensor predicted = Decoder.Predict(PatchPixels.Select(tokens[.., 1.., ..], masked), pass); // (B, M, 3 Q^2)
        Tensor wanted = PatchPixels.Select(PatchPixels.Cut(targets, TargetSide), masked); // (B, M, Q^2, c)
        wanted = normalised ? PatchPixels.Normalise(wanted) : wanted;
        long[] shape = [.. wanted.shape[..3], 3];
        return (predicted.view(shape) - wanted).square().mean().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        Decoder.Dispose();
    }

    private static void Assign(Tensor target, float[] values)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        target.CopyInPlace(tensor(values).view(target.shape));
    }
}
