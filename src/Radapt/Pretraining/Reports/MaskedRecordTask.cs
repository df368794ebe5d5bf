using Radapt.Batching;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Pre-training by masked record modelling (MRM, Zhou et al. 2023) on images with reports: images are cropped and mirrored at twice the
/// encoder's size, patches and words are masked, and both are predicted; the loss is the sum.
/// </summary>
internal sealed class MaskedRecordTask : MaskedTask
{
    private readonly MaskedRecordModel _model;
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
        : base(train, settings.Seed, best)
    {
        (_model, _trainReports, _heldOut, _settings) = (model, trainReports, heldOut, settings);
        Trained = model.Train();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <inheritdoc/>
    public override int ValidationBatches => _heldOut?.Batches ?? 0;

    /// <inheritdoc/>
    public override double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        Tensor large = _model.Images.Encoder.ToTensor(batch); // (B, 1, 2S, 2S)
        ReadOnlySpan<int> items = batch.Items.AsSpan(0, batch.Count);
        PatchMask mask = _settings.Mask(items, _model.Images.Encoder.Shape, pass.Step);
        MaskedReports reports = _trainReports.Mask(items, _settings.Seed, pass.Step);
        Tensor latent = _model.Images.Encode(_model.Images.ToEncoderSize(large), mask, pass); // (B, 1 + R + K, C)
        Tensor loss = _model.Images.Loss(latent, large, mask, _settings.NormalisedTargets, pass)
            .Plus(_model.Reports.Loss(reports, _model.ImageMean(latent, pass), _settings.MaskedPositionsOnly, pass));
        loss.Times(batch.Count / update.Weight).backward();
        return loss.item<float>();
    }

    // By rank 0 alone: the perplexities need what the encoder says of other images.
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Measure(Action<int, int> onBatch, CancellationToken cancellation) =>
        Group.Rank > 0 ? new Dictionary<string, double>()
            : _heldOut?.Measure(_model, _settings, onBatch, cancellation) ?? new Dictionary<string, double>();
}
