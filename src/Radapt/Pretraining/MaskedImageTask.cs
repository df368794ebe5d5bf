using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>
/// Pre-training of a masked autoencoder (He et al. 2022) on images without labels: crop, flip, mask, predict. Held-out images are masked
/// the same way at every epoch, so that their loss can be compared from one to the next; the last epoch counts, whatever it is.
/// </summary>
internal sealed class MaskedImageTask : ITrainingTask<ImageBatch>
{
    /// <summary>The name of the held-out images' loss among the figures of an epoch.</summary>
    public const string HeldOutLoss = "loss";

    /// <summary>The step in the keys of held-out masks, beside those of training.</summary>
    public const long EvaluationStep = -1;

    private readonly MaskedAutoencoder _model;
    private readonly MaskedImageStep _step;
    private readonly ImageBatches _train;
    private readonly ImageBatches? _heldOut;
    private readonly MaskedImageSettings _settings;

    /// <param name="model">What is trained.</param>
    /// <param name="train">Images without findings.</param>
    /// <param name="heldOut">Images whose loss is measured; null: none are.</param>
    /// <param name="settings">Masks and targets.</param>
    /// <param name="best">Saves the weights.</param>
    public MaskedImageTask(
        MaskedAutoencoder model, ImageBatches train, ImageBatches? heldOut, MaskedImageSettings settings, IBestTensors? best)
    {
        (_model, _train, _heldOut, _settings, Best) = (model, train, heldOut, settings, best);
        _step = new MaskedImageStep(model, settings);
        Trained = model.Train();
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <inheritdoc/>
    public ITrainingSchedule? Schedule => null;

    /// <inheritdoc/>
    public IBestTensors? Best { get; }

    /// <inheritdoc/>
    public int BatchesPerEpoch => _train.BatchesPerEpoch;

    /// <inheritdoc/>
    public int ValidationBatches => _heldOut?.EvaluationBatches ?? 0;

    /// <summary>More figures of an epoch, such as those of a probe; null: none.</summary>
    public Func<CancellationToken, IReadOnlyDictionary<string, double>>? Probe { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ImageBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation) =>
        _train.Training(Augmentation.CropFlip, _settings.Seed, epoch, firstBatch, cancellation);

    /// <summary>Images: every image masks the same number of patches.</summary>
    /// <inheritdoc/>
    public double Weight(int epoch, int firstBatch, int batches) => (double)batches * _train.BatchSize;

    /// <inheritdoc/>
    public double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        return _step.Backward(_model.Encoder.ToTensor(batch), batch.Items.AsSpan(0, batch.Count), pass, batch.Count / update.Weight);
    }

    /// <summary>Figures: the held-out images' loss, and those of the probe. There is no score: the last epoch counts.</summary>
    /// <inheritdoc/>
    public ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation)
    {
        var figures = new OrderedDictionary<string, double>();
        if (_heldOut is not null)
        {
            figures[HeldOutLoss] = MeanLoss(_heldOut, onBatch, cancellation);
        }

        foreach ((string name, double value) in Probe?.Invoke(cancellation) ?? new Dictionary<string, double>())
        {
            figures[name] = value;
        }

        return figures.Count == 0 ? null : new ValidationResult(null, figures);
    }

    private double MeanLoss(ImageBatches images, Action<int, int> onBatch, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        double sum = 0;
        (int batches, int done) = (0, 0);
        foreach (ImageBatch batch in images.Evaluation(cancellation: cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                sum += batch.Count * _step.Loss(
                    _model.Encoder.ToTensor(batch), batch.Items.AsSpan(0, batch.Count), ForwardPass.Evaluation, EvaluationStep)
                        .item<float>();
                done += batch.Count;
            }

            onBatch(++batches, done);
        }

        return sum / done;
    }
}
