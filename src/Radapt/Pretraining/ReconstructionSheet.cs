using Radapt.Batching;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// A picture of what a masked autoencoder predicts: for each image, in a column, the image, what the encoder sees of it, and the predicted
/// patches beside the seen ones.
/// </summary>
internal static class ReconstructionSheet
{
    private const int Rows = 3;
    private const float Masked = 0.35f; // gray of a masked patch

    /// <summary>Draws the first images of a set and writes them as a gray PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The autoencoder.</param>
    /// <param name="images">Where images come from.</param>
    /// <param name="preprocessing">How they are normalised.</param>
    /// <param name="settings">Masks, and whether targets are normalised: predictions are then put back by each patch's own mean and
    /// deviation.</param>
    /// <param name="columns">Images, at most one batch.</param>
    /// <exception cref="RadaptException">An image cannot be read, or the file cannot be written.</exception>
    public static void Write(string path, MaskedAutoencoder model, ImageBatches images, Preprocessing preprocessing,
        MaskedImageSettings settings, int columns)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using ImageBatch batch = images.Evaluation().First();
        int count = Math.Min(columns, batch.Count);
        BackboneShape shape = model.Encoder.Shape;
        Tensor pixels = model.Encoder.ToTensor(batch)[..count]; // (B, 1, T, T)
        PatchMask mask = settings.Mask(batch.Items.AsSpan(0, count), shape, MaskedTask.EvaluationStep);

        Tensor patches = PatchPixels.Cut(pixels, model.TargetSide); // (B, L, Q^2, 1)
        Tensor predicted = model.Predict(model.ToEncoderSize(pixels), mask, ForwardPass.Evaluation)
            .view(patches.shape[0], patches.shape[1], -1, 3).mean([3], keepdim: true);
        predicted = settings.NormalisedTargets ? PatchPixels.Restore(predicted, patches) : predicted;
        Tensor hidden = zeros(mask.Images, mask.Patches).scatter(1, mask.MaskedPatches(CPU), ones(mask.Images, mask.Patches)) // (B, L)
            .view(mask.Images, mask.Patches, 1, 1);
        Tensor kept = patches * (ones_like(hidden) - hidden);
        Tensor seen = kept.Plus(hidden.Times(GrayTensor.Normalise(Masked, preprocessing)));
        Tensor together = kept.Plus(predicted * hidden);

        var sheet = new ContactSheet(count, Rows, model.ImageSide);
        Tensor[] rows = [patches, seen, together];
        for (int row = 0; row < Rows; row++)
        {
            Tensor joined = PatchPixels.Join(rows[row].flatten(2), model.TargetSide, 1); // (B, 1, T, T)
            byte[] gray = [.. joined.contiguous().data<float>().Select(v => GrayTensor.Level(v, preprocessing))];
            int side = model.ImageSide * model.ImageSide;
            for (int column = 0; column < count; column++)
            {
                sheet.Put(column, row, gray.AsSpan(column * side, side));
            }
        }

        sheet.Write(path);
    }
}
