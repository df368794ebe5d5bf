using System.Runtime.InteropServices;
using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Distribution;
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
    /// <param name="group">The processes that have the same model and images, and divide the batches among them; null: this one.</param>
    /// <returns>(N, F) row-major, before the sigmoid; the same in all processes</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static float[] Logits(Classifier classifier, ImageBatches images, Action<int, int>? onBatch, CancellationToken cancellation,
        IProcessGroup? group = null) =>
        Logits(batch => Logits(classifier, batch), images, onBatch, cancellation, group ?? SingleProcess.Instance);

    /// <summary>Logits of every image of a set, in its order.</summary>
    /// <param name="model">Gives the logits (B, F) of a batch.</param>
    /// <param name="images">The set, N images.</param>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <param name="group">The processes that divide the batches among them.</param>
    /// <returns>(N, F) row-major, before the sigmoid; the same in all processes</returns>
    /// <exception cref="RadaptException">An image cannot be read.</exception>
    public static float[] Logits(Func<ImageBatch, float[]> model, ImageBatches images, Action<int, int>? onBatch,
        CancellationToken cancellation, IProcessGroup? group = null)
    {
        group ??= SingleProcess.Instance;
        int findings = images.Images.Findings.Count;
        int count = images.Images.Items.Count;
        var own = new List<float>(count * findings / group.Size);
        (int batches, int rows) = (0, 0);
        group.Together(() =>
        {
            foreach (ImageBatch batch in images.Evaluation(
                UnreadableImages.Throw, number => number % group.Size == group.Rank, cancellation))
            {
                using (batch)
                {
                    own.AddRange(model(batch));
                    rows += batch.Count;
                }

                batches++;
                onBatch?.Invoke(Math.Min(batches * group.Size, images.EvaluationBatches), Math.Min(rows * group.Size, count));
            }
        });
        return group.CollectDealt(CollectionsMarshal.AsSpan(own),
            [.. EpochOrder.Evaluation(count, images.BatchSize).Select(b => b.Length * findings)]);
    }

    /// <summary>
    /// The sigmoid of a logit, in float64. In float32 all logits above 16.6 become 1, so that images could no longer be ranked by their
    /// probability.
    /// </summary>
    public static double Probability(float logit) => 1 / (1 + Math.Exp(-(double)logit));
}
