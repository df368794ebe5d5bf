using Radapt.Adaptation;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>One forward and backward pass of a classifier.</summary>
/// <param name="classifier">The model.</param>
/// <param name="positiveWeight">(F) weight of positives in the loss; null: 1.</param>
/// <param name="recompute">Compute the activations of each block again in the backward pass.</param>
internal sealed class ClassificationStep(Classifier classifier, Tensor? positiveWeight, bool recompute)
{
    /// <summary>
    /// Adds the batch's share of the gradient to the trained tensors: that of the sum over its known labels, divided by the known labels of
    /// the whole update, and of the method's penalty, divided by the update's batches.
    /// </summary>
    /// <param name="values">Images (B, 1 or 3, S, S), or features (B, N, C) or (B, C); temporaries fall to the caller's scope.</param>
    /// <param name="firstBlock">The block that reads the features, the depth: the head does; null: the values are images.</param>
    /// <param name="labels">(B, F) row-major: 1, 0, or -1 for unknown.</param>
    /// <param name="pass">A training pass.</param>
    /// <param name="update">The update; its weight is the number of its known labels.</param>
    /// <returns>The mean loss over the batch's own known labels, without the penalty; 0 where no label is known.</returns>
    public double Backward(Tensor values, int? firstBlock, ReadOnlyMemory<sbyte> labels, ForwardPass pass, UpdateExtent update)
    {
        ITrainingSchedule? schedule = classifier.Adapters?.Schedule;
        double value = 0;
        if (recompute && firstBlock != classifier.Encoder.Shape.Depth)
        {
            Recomputation.ForwardBackward(classifier, values, firstBlock, pass, Objective);
        }
        else
        {
            Objective(classifier.Forward(values, firstBlock, pass)).backward();
        }

        return value;

        Tensor Objective(Tensor logits) // (B, F) -> scalar
        {
            (Tensor sum, int known) = MaskedLoss.Sum(logits, labels.Span, positiveWeight);
            value = sum.item<float>() / Math.Max(1, known);
            Tensor share = sum.DividedBy(Math.Max(1, update.Weight));
            return schedule is null ? share : share.Plus(schedule.Penalty().DividedBy(update.Batches));
        }
    }
}
