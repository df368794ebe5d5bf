namespace Radapt.Benchmarks;

/// <summary>What was measured of one step in one precision.</summary>
/// <param name="Step">One of <see cref="BenchmarkedStep.Names"/>.</param>
/// <param name="Precision">Type of its matrix products.</param>
/// <param name="ImagesPerSecond">From the median step.</param>
/// <param name="GflopPerImage">What it is credited with: <see cref="StepProducts.GflopPerImage"/>.</param>
/// <param name="PeakMemoryMib">Largest resident memory of the process that measured it, before it measured the limit.</param>
/// <param name="Limit">The rate of its own matrix products, in the same process.</param>
/// <param name="Peak">The rate of the processor's arithmetic, in the same process; null: not measurable.</param>
internal sealed record StepFigures(
    string Step, string Precision, double ImagesPerSecond, double GflopPerImage, double PeakMemoryMib,
    MatrixLimit Limit, ProcessorPeak? Peak)
{
    /// <summary>10^9 floating-point operations a second: images a second times <see cref="GflopPerImage"/>.</summary>
    public double Gflops => ImagesPerSecond * GflopPerImage;

    /// <summary><see cref="Gflops"/> over the rate of the limit.</summary>
    public double FractionOfLimit => Gflops / Limit.Gflops;

    /// <summary><see cref="Gflops"/> over the processor's peak; null where that is not measurable.</summary>
    public double? FractionOfPeak => Peak is null ? null : Gflops / Peak.Gflops;
}
