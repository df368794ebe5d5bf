using Radapt.Compute;
using Radapt.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

public class GeluTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Gelu_EveryFiniteNumber_IsFloat64RoundedOnce(int threads)
    {
        using var scope = NewDisposeScope();
        float[] every = [.. Enumerable.Range(0, 1 << 16).Select(i => BitConverter.UInt32BitsToSingle((uint)i << 16)).Where(float.IsFinite)];
        Tensor x = tensor(every[..(every.Length / 16 * 16)]).to(ScalarType.BFloat16);
        Tensor expected = nn.functional.gelu(x.to(ScalarType.Float64)).to(ScalarType.BFloat16);
        Assert.True(Gelu.Apply(x, threads).Equals(expected));
    }

    [Fact]
    public void Gradient_RandomNumbers_IsThatOfFloat64WithinRounding()
    {
        using var scope = NewDisposeScope();
        Rounding rounding = Rounding.For("bfloat16");
        Tensor x = rounding.Values(7, 320).requires_grad_(true);
        Tensor exact = Rounding.Exact(x);
        Tensor above = rounding.Values(7, 320);
        Gelu.Apply(x, 2).backward([above]);
        nn.functional.gelu(exact).backward([above.to(ScalarType.Float64)]);
        rounding.AssertClose(exact.grad!, x.grad!);
    }

    [Fact]
    public void Gelu_Float32_IsFloat64WithinAFewRoundings()
    {
        using var scope = NewDisposeScope();
        Tensor x = linspace(-12, 12, 1 << 16).requires_grad_(true);
        Tensor exact = x.detach().to(ScalarType.Float64).requires_grad_(true);
        Tensor above = rand(1 << 16) + 0.5; // the error is divided by it
        Tensor expected = nn.functional.gelu(exact);
        expected.backward([above.to(ScalarType.Float64)]);
        Tensor actual = Gelu.Apply(x, 3);
        actual.backward([above]);
        const double unit = 1.0 / (1 << 24); // of one rounding to float32
        // the polynomial, the bell, Φ and its product are rounded
        Tensor error = (actual.detach().to(ScalarType.Float64) - expected.detach()).abs() / exact.detach().abs();
        Assert.InRange(error.max().item<double>(), 0, 4 * unit);
        // of slopes between -0.13 and 1.13
        error = (x.grad!.to(ScalarType.Float64) - exact.grad!).abs() / above.abs().to(ScalarType.Float64);
        Assert.InRange(error.max().item<double>(), 0, 8 * unit);
        // -12 to -11.25, where 1 + erf is nothing in float64 either; the error is that of x² / 2, rounded
        Tensor far = exact.detach()[..2048];
        Tensor tail = far * special.erfc(far.Times(-Math.Sqrt(0.5))).Times(0.5);
        Assert.InRange(((actual.detach()[..2048].to(ScalarType.Float64) - tail) / tail).abs().max().item<double>(), 0, 2 * 72 * unit);
    }

    [Fact]
    public void Gelu_Float32Extremes_AreLimits()
    {
        using var scope = NewDisposeScope();
        float[] values = [0, -0f, float.NaN, float.PositiveInfinity, float.MaxValue, -float.MaxValue, -20, 20, 1e-40f, -1e-40f, 0,
            0, 0, 0, 0, 0];
        float[] results = Gelu.Apply(tensor(values), 1).data<float>().ToArray();
        Assert.Equal([0, 0, float.NaN, float.PositiveInfinity, float.MaxValue], results[..5]);
        Assert.All(results[5..7], r => Assert.InRange(r, -1e-30f, 0));
        Assert.Equal(20f, results[7]);
        Assert.InRange(results[8], 0, 1e-40f);
    }
}
