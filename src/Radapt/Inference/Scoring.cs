using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
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
    /// <returns>(N, F) row-major, before the sigmoid</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static float[] Logits(
        Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation)
    {
        int findings = images.Images.Findings.Count;
        var logits = new float[images.Images.Items.Count * findings];
        (int batches, int rows) = (0, 0);
        foreach (ImageBatch batch in images.Evaluation(UnreadableImages.Throw, cancellation))
        {
            using (batch)
            {
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
