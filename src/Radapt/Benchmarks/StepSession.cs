using Radapt.Adaptation;
using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Models;
using Radapt.Recipes;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Benchmarks;

/// <summary>
/// A model with random weights and one batch of random images in memory, ready to run steps exactly as <c>finetune</c> and
/// <c>predict</c> do. Owns the model.
/// </summary>
internal sealed class StepSession : MeasuredSession
{
    private const double LearningRate = 1e-4;

    private readonly BenchmarkOptions _options;
    private readonly Optimizer? _optimizer; // null: inference
    private readonly ClassificationStep? _training;
    private long _done;

    /// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
    /// <param name="options">Model and batch.</param>
    /// <param name="plan">Precision, device, kernels.</param>
    /// <param name="dropout">With the recipes' LoRA dropout and stochastic depth; without them a step's loss can be compared.</param>
    public StepSession(string step, BenchmarkOptions options, ComputePlan plan, bool dropout = true)
        : base(step, options, plan)
    {
        options.Check();
        _options = options;
        string method = BenchmarkedStep.Method(step);
        double dropPath = dropout && method != "linear" ? 0.1 : 0;
        MethodOptions adaptation = AdaptationMethod.Find(method).Defaults is LoraOptions lora
            ? lora with { Rank = options.Rank, Dropout = dropout ? 0.1 : 0 } : AdaptationMethod.Find(method).Defaults;
        Classifier = new Classifier(options.Backbone, options.Findings, Pooling.Mean, dropPath, plan);
        Initialisation.FromScratch(Classifier.Encoder, options.Seed);
        Classifier.Head.Initialise(options.Seed);
        AdaptationMethod.Apply(Classifier, adaptation, plan, options.Seed);
        Randomise();
        if (step == BenchmarkedStep.Inference)
        {
            Classifier.Adapters!.Merge();
            FrozenWeights.Round(Classifier.Encoder, plan);
        }
        else
        {
            FrozenWeights.Hold(Classifier.Encoder, plan);
            var optimizer = new OptimizerSettings
            {
                Kind = OptimizerKind.AdamW,
                WeightDecay = 0.05,
                LayerDecay = method == "full" ? 0.65 : 1,
                Depth = options.Backbone.Depth,
                Threads = plan.Threads,
            };
            _optimizer = Optimizer.Create(optimizer, [.. Classifier.Trained()]);
            _training = new ClassificationStep(Classifier, positiveWeight: null, recompute: step == BenchmarkedStep.TrainLoraRecompute);
        }

        Images = RandomImages(options).to(plan.TorchDevice).DetachFromDisposeScope();
        Labels = RandomLabels(options);
    }

    /// <summary>The model.</summary>
    public Classifier Classifier { get; }

    /// <summary>(B, 1, S, S), float32.</summary>
    public Tensor Images { get; }

    /// <summary>(B, F) row-major: 1 or 0.</summary>
    public sbyte[] Labels { get; }

    /// <inheritdoc/>
    public override double Step() => Step(Images);

    /// <summary>The same with other images, as many as there are labels.</summary>
    public double Step(Tensor images)
    {
        using var scope = NewDisposeScope();
        if (_optimizer is null)
        {
            using var noGradient = inference_mode();
            // (B, F)
            using Tensor probabilities = Classifier.Forward(images, ForwardPass.Evaluation).to(ScalarType.Float32).sigmoid().cpu();
            return probabilities.data<float>().ToArray().Average();
        }

        var pass = new ForwardPass(true, _options.Seed, _done++);
        var every = new UpdateExtent(Labels.Length, Batches: 1); // all labels are known
        double loss = _training!.Backward(images, firstBlock: null, Labels, pass, every);
        _optimizer.Step(LearningRate);
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Images.Dispose();
        _optimizer?.Dispose();
        Classifier.Dispose();
    }

    // LoRA's B and the head begin at or near zero, where a comparison of losses would compare nothing.
    private void Randomise()
    {
        foreach ((string name, Tensor tensor) in Classifier.Trained()
            .Where(t => t.Name == "head.weight" || t.Name.EndsWith("lora_B", StringComparison.Ordinal)))
        {
            Initialisation.TruncatedNormal(tensor, name, 0.02, _options.Seed);
        }
    }

    private static sbyte[] RandomLabels(BenchmarkOptions options)
    {
        var random = new KeyedRandom(options.Seed, RandomPurpose.Selection);
        var labels = new sbyte[options.BatchSize * options.Findings];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (sbyte)random.NextInt32(2);
        }

        return labels;
    }
}
