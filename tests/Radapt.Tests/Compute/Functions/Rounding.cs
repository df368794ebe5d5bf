using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

/// <summary>What a precision's results may differ by from the same formula in float64: norm of the difference over norm.</summary>
internal sealed record Rounding(ScalarType Type, double Tolerance)
{
    public static Rounding For(string precision) =>
        precision == "bfloat16" ? new(ScalarType.BFloat16, 0.01) : new(ScalarType.Float32, 2e-6);

    public Tensor Values(params long[] shape) => randn(shape).to(Type);

    /// <summary>The same numbers in float64, with a gradient.</summary>
    public static Tensor Exact(Tensor values) => values.detach().to(ScalarType.Float64).requires_grad_(true);

    public void AssertClose(Tensor expected, Tensor actual) => AssertClose(expected, actual, Tolerance);

    public static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        double error = ((expected - actual.to(ScalarType.Float64)).norm() / expected.norm()).item<double>();
        Assert.True(error < tolerance, $"relative error {error:g3}");
    }
}
