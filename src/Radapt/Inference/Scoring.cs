using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Inference;

/// <summary>Batches to probabilities.</summary>
internal static class Scoring
{
    /// <summary>Logits of every finding for a batch, evaluation mode.</summary>
    /// <returns>(B, F) row-major, before the sigmoid, float32</returns>
    public static float[] Logits(Classifier classifier, ImageBatch batch)
    {
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        Tensor logits = classifier.Forward(classifier.ToTensor(batch), batch.FirstBlock, ForwardPass.Evaluation); // (B, F)
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
        Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation,
            ICollection<(int Item, RadaptException Error)>? unreadable = null)
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
    /// The sigmoid of a logit, in float64. In float32 all logits above 16.6 become 1, so that images could no longer be ranked by their
    /// probability.
    /// </summary>
    public static double Probability(float logit) => 1 / (1 + Math.Exp(-(double)logit));
}
