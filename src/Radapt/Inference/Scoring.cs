using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>Batches to probabilities.</summary>
internal static class Scoring
{
    /// <summary>The batch as a tensor (B, 1, S, S) on the classifier's device; the caller's scope owns it.</summary>
    public static Tensor ToTensor(ImageBatch batch, Classifier classifier)
    {
        int side = classifier.Encoder.Shape.ImageSize;
        return tensor(batch.Pixels.AsMemory(0, batch.Count * side * side), [batch.Count, 1, side, side], device: classifier.Encoder.cls_token.device);
    }

    /// <summary>Probabilities of every finding for a batch, evaluation mode.</summary>
    /// <returns>(B, F) row-major, after the sigmoid, float32</returns>
    public static float[] Probabilities(Classifier classifier, ImageBatch batch)
    {
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        Tensor logits = classifier.Forward(ToTensor(batch, classifier), ForwardPass.Evaluation); // (B, F)
        return logits.to(ScalarType.Float32).sigmoid().cpu().data<float>().ToArray();
    }

    /// <summary>Probabilities of every image of a set, in its order.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="images">The set, N images.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <returns>(N, F) row-major</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static float[] Probabilities(Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation)
    {
        int findings = images.Images.Findings.Count;
        var probabilities = new float[images.Images.Items.Count * findings];
        (int batches, int rows) = (0, 0);
        foreach (ImageBatch batch in images.Evaluation(UnreadableImages.Throw, cancellation))
        {
            using (batch)
            {
                Probabilities(classifier, batch).CopyTo(probabilities.AsSpan(rows * findings));
                rows += batch.Count;
            }

            onBatch?.Invoke(++batches, rows);
        }

        return probabilities;
    }
}
