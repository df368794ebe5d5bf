using System.Diagnostics;
using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Benchmarks;

/// <summary>A model and a batch in memory, ready to run steps that are timed.</summary>
/// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
/// <param name="options">Model and batch.</param>
/// <param name="plan">Precision, device, kernels.</param>
internal abstract class MeasuredSession(string step, BenchmarkOptions options, ComputePlan plan) : IDisposable
{
    /// <summary>The session of a step.</summary>
    public static MeasuredSession Create(string step, BenchmarkOptions options, ComputePlan plan) => step == BenchmarkedStep.TrainMae
        ? new MaskedStepSession(options, plan) : new StepSession(step, options, plan);

    /// <summary>One step; for training the loss, for inference the mean probability.</summary>
    public abstract double Step();

    /// <summary>Seconds of each of several steps.</summary>
    public double[] Run(int steps, CancellationToken cancellation)
    {
        var seconds = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            Step();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return seconds;
    }

    /// <summary>The limit of this step, in this process.</summary>
    public MatrixLimit Limit(CancellationToken cancellation) => MatrixLimit.Measure(
        StepProducts.ForStep(step, options.Backbone, options.BatchSize, options.Rank), plan, options.ProductRepeats, cancellation);

    /// <summary>The processor's peak, in this process; null: not measurable.</summary>
    public ProcessorPeak? Peak(CancellationToken cancellation) => ProcessorPeak.Measure(plan, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets model and batch go.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>(B, 1, S, S), float32.</summary>
    protected static Tensor RandomImages(BenchmarkOptions options)
    {
        int side = options.Backbone.ImageSize;
        Tensor images = empty(options.BatchSize, 1, side, side);
        Initialisation.TruncatedNormal(images, "images", 1, options.Seed);
        return images;
    }
}
