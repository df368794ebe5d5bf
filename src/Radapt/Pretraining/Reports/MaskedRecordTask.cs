using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Compute;
using Radapt.Imaging;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Pre-training by masked records (MRM, Zhou et al. 2023) on images with reports: crop and flip at twice the encoder's size, mask patches
/// and words, predict both; the loss is the sum. Held-out records are masked the same way at every epoch; the last epoch counts, whatever
/// it is.
/// </summary>
internal sealed class MaskedRecordTask : ITrainingTask<ImageBatch>
{
    private readonly MaskedRecordModel _model;
    private readonly ImageBatches _train;
    private readonly ReportTokens _trainReports;
    private readonly HeldOutRecords? _heldOut;
    private readonly MaskedRecordSettings _settings;

    /// <param name="model">What is trained.</param>
    /// <param name="train">Images at <see cref="MaskedAutoencoder.ImageSide"/>, without findings.</param>
    /// <param name="trainReports">Their reports, in the same order.</param>
    /// <param name="heldOut">Records that are measured; null: none are.</param>
    /// <param name="settings">Masks and targets.</param>
    /// <param name="best">Saves the weights.</param>
    public MaskedRecordTask(MaskedRecordModel model, ImageBatches train, ReportTokens trainReports, HeldOutRecords? heldOut,
        MaskedRecordSettings settings, IBestTensors? best)
    {
        (_model, _train, _trainReports, _heldOut, _settings, Best) = (model, train, trainReports, heldOut, settings, best);
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
    public int ValidationBatches => _heldOut?.Batches ?? 0;

    /// <summary>More figures of an epoch, such as those of a probe; null: none.</summary>
    public Func<CancellationToken, IReadOnlyDictionary<string, double>>? Probe { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ImageBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation) =>
        _train.Training(Augmentation.CropFlip, _settings.Seed, epoch, firstBatch, cancellation);

    /// <summary>Images: both losses are means over them.</summary>
    /// <inheritdoc/>
    public double Weight(int epoch, int firstBatch, int batches) => (double)batches * _train.BatchSize;

    /// <inheritdoc/>
    public double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        Tensor large = _model.Images.Encoder.ToTensor(batch); // (B, 1, 2S, 2S)
        ReadOnlySpan<int> items = batch.Items.AsSpan(0, batch.Count);
        BackboneShape shape = _model.Images.Encoder.Shape;
        PatchMask mask = PatchMask.Draw(items, shape.Grid * shape.Grid, _settings.MaskRatio, _settings.Seed, pass.Step);
        MaskedReports reports = _trainReports.Mask(items, _settings.Seed, pass.Step);
        Tensor latent = _model.Images.Encode(_model.Images.ToEncoderSize(large), mask, pass); // (B, 1 + R + K, C)
        Tensor loss = _model.Images.Loss(latent, large, mask, _settings.NormalisedTargets, pass)
            .Plus(_model.Reports.Loss(reports, _model.ImageMean(latent, pass), _settings.MaskedPositionsOnly, pass));
        loss.Times(batch.Count / update.Weight).backward();
        return loss.item<float>();
    }

    /// <summary>Figures: those of the held-out records, and of the probe. There is no score: the last epoch counts.</summary>
    /// <inheritdoc/>
    public ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation)
    {
        var figures = new OrderedDictionary<string, double>();
        IReadOnlyDictionary<string, double>? records = _heldOut?.Measure(_model, _settings, onBatch, cancellation);
        IReadOnlyDictionary<string, double>? probed = Probe?.Invoke(cancellation);
        foreach ((string name, double value) in new[] { records, probed }.OfType<IReadOnlyDictionary<string, double>>().SelectMany(f => f))
        {
            figures[name] = value;
        }

        return figures.Count == 0 ? null : new ValidationResult(null, figures);
    }
}
