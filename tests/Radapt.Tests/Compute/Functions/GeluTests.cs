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
        Rounding rounding = Rounding.Of("bfloat16");
        Tensor x = rounding.Values(7, 320).requires_grad_(true);
        Tensor exact = Rounding.Exact(x);
        Tensor above = rounding.Values(7, 320);
        Gelu.Apply(x, 2).backward([above]);
        nn.functional.gelu(exact).backward([above.to(ScalarType.Float64)]);
        rounding.AssertClose(exact.grad!, x.grad!);
    }
}
