using Radapt.Adaptation;
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
    public static Tensor Mean(VisionTransformer encoder, ImageBatches images, CancellationToken cancellation) =>
        Collect(images, onBatch: null, cancellation, batch =>
        {
            Tensor tokens = encoder.Forward(encoder.ToTensor(batch), ForwardPass.Evaluation); // (B, 1 + R + L, C)
            return tokens[.., (1 + encoder.Shape.Registers).., ..].mean([1], type: ScalarType.Float32); // (B, C)
        });

    /// <summary>
    /// What a classifier's linear map reads before anything is trained: pooled as the classifier pools, its norm without weights. The
    /// backbone is computed without the adapters.
    /// </summary>
    /// <param name="classifier">The classifier; where adapters are attached, the caller detaches them.</param>
    /// <param name="images">n images, in their order, or pooled features of them.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <returns>(n, C), or (n, 2C) for class token and mean; float32; the caller's scope owns it</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static Tensor Pooled(Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation) =>
        Collect(images, onBatch, cancellation, batch =>
        {
            Tensor values = classifier.ToTensor(batch);
            int depth = classifier.Encoder.Shape.Depth;
            return classifier.Head.PlainNorm(batch.FirstBlock is null ? classifier.Features(values, depth) : values);
        });

    private static Tensor Collect(
        ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation, Func<ImageBatch, Tensor> features)
    {
        using var noGradient = no_grad();
        var parts = new List<Tensor>();
        int rows = 0;
        foreach (ImageBatch batch in images.Evaluation(cancellation: cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                parts.Add(features(batch).cpu().MoveToOuterDisposeScope());
                rows += batch.Count;
            }

            onBatch?.Invoke(parts.Count, rows);
        }

        using var all = NewDisposeScope();
        return cat(parts).MoveToOuterDisposeScope();
    }
}
