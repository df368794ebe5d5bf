using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Distribution;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// Pre-training by masking: images are cropped, mirrored and masked anew in every epoch. What is held out is masked in the same way
/// every time, so that its figures can be compared from one epoch to the next. There is no score: the last epoch counts.
/// </summary>
/// <param name="train">Images without findings.</param>
/// <param name="seed">Of crops and order.</param>
/// <param name="best">Saves the weights; null: nobody asks for them.</param>
internal abstract class MaskedTask(ImageBatches train, long seed, IBestTensors? best) : ITrainingTask<ImageBatch>
{
    /// <summary>The step in the keys of held-out masks, beside those of training.</summary>
    public const long EvaluationStep = -1;

    /// <inheritdoc/>
    public abstract IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <inheritdoc/>
    public ITrainingSchedule? Schedule => null;

    /// <inheritdoc/>
    public IBestTensors? Best => best;

    /// <inheritdoc/>
    public int BatchesPerEpoch => train.BatchesPerEpoch;

    /// <inheritdoc/>
    public abstract int ValidationBatches { get; }

    /// <summary>The processes that train together.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    /// <summary>More figures of an epoch, such as those of a probe; null: none.</summary>
    public Func<CancellationToken, IReadOnlyDictionary<string, double>>? Probe { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ImageBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation, Predicate<int>? isOwn = null) =>
        train.Training(Augmentation.CropFlip, seed, epoch, firstBatch, isOwn, cancellation);

    /// <summary>Images: losses are means over them, since every image masks the same number of patches.</summary>
    /// <inheritdoc/>
    public double Weight(int epoch, int firstBatch, int batches) => (double)batches * train.BatchSize;

    /// <inheritdoc/>
    public abstract double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update);

    /// <summary>Figures: those of what is held out, and of the probe.</summary>
    /// <inheritdoc/>
    public ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation)
    {
        var figures = new OrderedDictionary<string, double>(Measure(onBatch, cancellation));
        if (Group.Rank == 0) // the others wait
        {
            foreach ((string name, double value) in Probe?.Invoke(cancellation) ?? new Dictionary<string, double>())
            {
                figures[name] = value;
            }
        }

        return figures.Count == 0 ? null : new ValidationResult(null, figures);
    }

    /// <summary>The figures of what is held out; empty: nothing is.</summary>
    /// <param name="onBatch">Told batches and images done.</param>
    /// <param name="cancellation">Ends it.</param>
    protected abstract IReadOnlyDictionary<string, double> Measure(Action<int, int> onBatch, CancellationToken cancellation);
}
