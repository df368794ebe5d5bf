using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>Batches to probabilities.</summary>
internal static class Scoring
{
    /// <summary>The batch's values as a tensor on the classifier's device, (B, 1, S, S) for pixels; the caller's scope owns it.</summary>
    public static Tensor ToTensor(ImageBatch batch, Classifier classifier)
    {
        long[] shape = [batch.Count, .. batch.Shape];
        return tensor(batch.Values.AsMemory(0, (int)shape.Aggregate((a, b) => a * b)), shape, device: classifier.Encoder.cls_token.device);
    }

    /// <summary>The batch's logits (B, F), from its pixels or its features; the caller's scope owns them.</summary>
    public static Tensor Forward(Classifier classifier, ImageBatch batch, ForwardPass pass)
    {
        Tensor values = ToTensor(batch, classifier);
        return batch.FirstBlock is { } first ? classifier.ForwardFrom(values, first, pass) : classifier.Forward(values, pass);
    }

    /// <summary>Logits of every finding for a batch, evaluation mode.</summary>
    /// <returns>(B, F) row-major, before the sigmoid, float32</returns>
    public static float[] Logits(Classifier classifier, ImageBatch batch)
    {
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        Tensor logits = Forward(classifier, batch, ForwardPass.Evaluation); // (B, F)
        return logits.to(ScalarType.Float32).cpu().data<float>().ToArray();
    }

    /// <summary>Logits of every image of a set, in its order.</summary>
    /// <param name="classifier">The model.</param>
    /// <param name="images">The set, N images.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="unreadable">Receives the items that cannot be read, whose logits mean nothing; null: the first ends the pass.</param>
    /// <returns>(N, F) row-major, before the sigmoid</returns>
    /// <exception cref="RadaptException">An image cannot be read, and that is not to be received.</exception>
    public static float[] Logits(
        Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation, ICollection<(int Item, RadaptException Error)>? unreadable = null)
    {
        int findings = images.Images.Findings.Count;
        var logits = new float[images.Images.Items.Count * findings];
        (int batches, int rows) = (0, 0);
        foreach (ImageBatch batch in images.Evaluation(unreadable is null ? UnreadableImages.Throw : UnreadableImages.Report, cancellation))
        {
            using (batch)
            {
                foreach (UnreadableImage image in batch.Unreadable)
                {
                    unreadable!.Add((batch.Items[image.Slot], image.Error));
                }

                Logits(classifier, batch).CopyTo(logits.AsSpan(rows * findings));
                rows += batch.Count;
            }

            onBatch?.Invoke(++batches, rows);
        }

        return logits;
    }

    /// <summary>
    /// The sigmoid of a logit, in float64. In float32 all logits above 16.6 become 1, so that images could no longer be ranked by their probability.
    /// </summary>
    public static double Probability(float logit) => 1 / (1 + Math.Exp(-(double)logit));
}
