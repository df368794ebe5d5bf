using Radapt.Batching;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Pretraining;

/// <summary>Pre-training of a masked autoencoder (He et al. 2022) on images without labels.</summary>
internal sealed class MaskedImageTask : MaskedTask
{
    /// <summary>The name of the held-out images' loss among the figures of an epoch.</summary>
    public const string HeldOutLoss = "loss";

    private readonly MaskedAutoencoder _model;
    private readonly MaskedImageStep _step;
    private readonly ImageBatches? _heldOut;

    /// <param name="model">What is trained.</param>
    /// <param name="train">Images without findings.</param>
    /// <param name="heldOut">Images whose loss is measured; null: none are.</param>
    /// <param name="settings">Masks and targets.</param>
    /// <param name="best">Saves the weights.</param>
    public MaskedImageTask(
        MaskedAutoencoder model, ImageBatches train, ImageBatches? heldOut, MaskedImageSettings settings, IBestTensors? best)
        : base(train, settings.Seed, best)
    {
        (_model, _heldOut, _step) = (model, heldOut, new MaskedImageStep(model, settings));
        Trained = model.Train();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, Tensor Tensor)> Trained { get; }

    /// <inheritdoc/>
    public override int ValidationBatches => _heldOut?.EvaluationBatches ?? 0;

    /// <inheritdoc/>
    public override double Backward(ImageBatch batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        return _step.Backward(_model.Encoder.ToTensor(batch), batch.Items.AsSpan(0, batch.Count), pass, batch.Count / update.Weight);
    }

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, double> Measure(Action<int, int> onBatch, CancellationToken cancellation)
    {
        if (_heldOut is null)
        {
            return new Dictionary<string, double>();
        }

        using var noGradient = no_grad();
        double sum = 0;
        (int batches, int done) = (0, 0);
        foreach (ImageBatch batch in _heldOut.Evaluation(cancellation: cancellation))
        {
            using (batch)
            {
                using var scope = NewDisposeScope();
                Tensor images = _model.Encoder.ToTensor(batch); // (B, 1, S, S)
                sum += batch.Count * _step.Loss(
                    images, batch.Items.AsSpan(0, batch.Count), ForwardPass.Evaluation, EvaluationStep).item<float>();
                done += batch.Count;
            }

            onBatch(++batches, done);
        }

        return new Dictionary<string, double> { [HeldOutLoss] = sum / done };
    }
}
