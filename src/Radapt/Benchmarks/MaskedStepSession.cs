using Radapt.Compute;
using Radapt.Models;
using Radapt.Pretraining;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Benchmarks;

/// <summary>
/// A masked autoencoder with random weights and one batch of random images in memory, ready to run steps exactly as
/// <c>pretrain mae</c> does. Owns the model.
/// </summary>
internal sealed class MaskedStepSession : MeasuredSession
{
    private const double LearningRate = 1e-4;

    private readonly BenchmarkOptions _options;
    private readonly MaskedAutoencoder _model;
    private readonly MaskedImageStep _training;
    private readonly Optimizer _optimizer;
    private readonly Tensor _images; // (B, 1, S, S)
    private readonly int[] _items;
    private long _done;

    /// <param name="options">Model and batch.</param>
    /// <param name="plan">Precision, device, kernels.</param>
    public MaskedStepSession(BenchmarkOptions options, ComputePlan plan)
        : base(BenchmarkedStep.TrainMae, options, plan)
    {
        _options = options;
        BackboneShape shape = options.Backbone;
        _model = new MaskedAutoencoder(shape, DecoderShape.For(shape), shape.PatchSize, new Kernels(plan));
        _model.InitialiseFromScratch(options.Seed);
        _training = new MaskedImageStep(_model, new MaskedImageSettings { Seed = options.Seed });
        _optimizer = Optimizer.Create(new OptimizerSettings
        {
            Kind = OptimizerKind.AdamW,
            WeightDecay = 0.05,
            Beta2 = PretrainingRates.Beta2,
            Depth = shape.Depth,
            Threads = plan.Threads,
        }, _model.Train());
        _images = RandomImages(options).to(plan.TorchDevice).DetachFromDisposeScope();
        _items = [.. Enumerable.Range(0, options.BatchSize)];
    }

    /// <inheritdoc/>
    public override double Step()
    {
        double loss = _training.Backward(_images, _items, new ForwardPass(true, _options.Seed, _done++), share: 1);
        _optimizer.Step(LearningRate);
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _images.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }
}
