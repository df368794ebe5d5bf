using Radapt.Batching;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>What a frozen encoder makes of images, for methods that train nothing in it.</summary>
internal static class FrozenFeatures
{
    /// <summary>The mean of the patch tokens after the encoder's last layer, in evaluation mode.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="images">n images, in their order.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <returns>(n, C), float32; the caller's scope owns it</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static Tensor Mean(VisionTransformer encoder, ImageBatches images, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        var parts = new List<Tensor>();
        foreach (ImageBatch batch in images.Evaluation(cancellation: cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                Tensor tokens = encoder.Forward(encoder.ToTensor(batch), ForwardPass.Evaluation); // (B, 1 + R + L, C)
                Tensor patches = tokens[.., (1 + encoder.Shape.Registers).., ..]; // (B, L, C)
                parts.Add(patches.mean([1], type: ScalarType.Float32).cpu().MoveToOuterDisposeScope());
            }
        }

        return cat(parts);
    }
}
