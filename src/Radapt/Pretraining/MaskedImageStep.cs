using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>Forward and backward pass of a masked autoencoder: what pre-training and its benchmark run.</summary>
/// <param name="model">What is trained.</param>
/// <param name="settings">Masks and targets.</param>
internal sealed class MaskedImageStep(MaskedAutoencoder model, MaskedImageSettings settings)
{
    /// <summary>Adds a batch's share of the gradient to those of the trained tensors.</summary>
    /// <param name="images">(B, 1 or 3, S, S), normalised</param>
    /// <param name="items">What names the images in the stream of masks.</param>
    /// <param name="pass">A training pass with its random key.</param>
    /// <param name="share">Of the batch in its update.</param>
    /// <returns>The mean loss of this batch by itself.</returns>
    public double Backward(Tensor images, ReadOnlySpan<int> items, ForwardPass pass, double share)
    {
        using var scope = NewDisposeScope();
        Tensor loss = Loss(images, items, pass, pass.Step);
        loss.Times(share).backward();
        return loss.item<float>();
    }

    /// <summary>The loss of images under the masks of a step: a scalar that the caller's scope owns.</summary>
    public Tensor Loss(Tensor images, ReadOnlySpan<int> items, ForwardPass pass, long step)
    {
        PatchMask mask = settings.Mask(items, model.Encoder.Shape, step);
        return model.Loss(model.Encode(images, mask, pass), images, mask, settings.NormalisedTargets, pass);
    }
}
