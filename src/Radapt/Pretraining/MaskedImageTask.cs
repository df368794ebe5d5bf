using System.Runtime.InteropServices;
using Radapt.Batching;
using Radapt.Distribution;
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

        int count = _heldOut.Images.Items.Count;
        var own = new List<float>(); // the mean loss of each batch of this rank
        Group.Together(() =>
        {
            using var noGradient = no_grad();
            int done = 0;
            foreach (ImageBatch batch in _heldOut.Evaluation(
                cancellation: cancellation, isOwn: number => number % Group.Size == Group.Rank))
            {
                using (batch)
                {
                    using var scope = NewDisposeScope();
                    Tensor images = _model.Encoder.ToTensor(batch); // (B, 1, S, S)
                    own.Add(_step.Loss(
                        images, batch.Items.AsSpan(0, batch.Count), ForwardPass.Evaluation, EvaluationStep).item<float>());
                    done += batch.Count;
                }

                onBatch(Math.Min(own.Count * Group.Size, _heldOut.EvaluationBatches), Math.Min(done * Group.Size, count));
            }
        });
        int[] sizes = [.. EpochOrder.Evaluation(count, _heldOut.BatchSize).Select(b => b.Length)];
        float[] losses = Group.CollectDealt(CollectionsMarshal.AsSpan(own), [.. sizes.Select(_ => 1)]);
        double sum = 0;
        foreach ((float loss, int images) in losses.Zip(sizes))
        {
            sum += images * loss;
        }

        return new Dictionary<string, double> { [HeldOutLoss] = sum / count };
    }
}
