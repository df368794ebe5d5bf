using Radapt.Compute;

namespace Radapt.Benchmarks;

/// <summary>What <c>radapt bench</c> measures on the machine it runs on.</summary>
internal static class Benchmark
{
    /// <summary>
    /// Measures one step in this process: warm-up, half of the steps, peak memory, limit, the processor's peak, the other half. Peak
    /// memory is this process's since it began, so a process of its own is needed for that figure to be the step's.
    /// </summary>
    /// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
    /// <param name="options">Model, batch and repeats.</param>
    /// <param name="plan">Precision, device, kernels; the number of threads is set by the caller.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="RadaptException">The step or a number is none.</exception>
    public static StepFigures MeasureStep(string step, BenchmarkOptions options, ComputePlan plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(plan);
        using MeasuredSession session = MeasuredSession.Create(step, options, plan);
        session.Run(options.WarmUp, cancellation);
        int half = options.Steps / 2;
        double[] before = session.Run(options.Steps - half, cancellation);
        double peak = Machine.PeakMemoryMib;
        MatrixLimit limit = session.Limit(cancellation);
        ProcessorPeak? processor = session.Peak(cancellation);
        double[] after = session.Run(half, cancellation);
        double imagesPerSecond = options.BatchSize / Median.Compute([.. before, .. after]);
        return new StepFigures(
            step, plan.Precision, imagesPerSecond, StepProducts.GflopPerImage(step, options.Backbone), peak, limit, processor);
    }

    /// <summary>Measures the loader on generated files.</summary>
    /// <param name="options">Files, batch and threads.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="RadaptException">The temporary folder cannot be written.</exception>
    public static LoaderFigures MeasureLoader(BenchmarkOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return LoaderFigures.Measure(options, cancellation);
    }
}
