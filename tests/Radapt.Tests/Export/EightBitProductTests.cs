using Radapt.Export;
using static TorchSharp.torch;

namespace Radapt.Tests.Export;

public class EightBitProductTests
{
    [Fact]
    public void Round_Weight_IsWithinHalfAStepOfEveryChannel()
    {
        using var scope = NewDisposeScope();
        Tensor weight = randn(7, 33, generator: new Generator(1)) * logspace(-3, 3, 7).unsqueeze(1); // channels of all sizes
        (Tensor rounded, Tensor scale) = EightBitProduct.Round(weight);
        Assert.Equal(ScalarType.Int8, rounded.dtype);
        Assert.Equal([7], scale.shape);
        Tensor error = (rounded.to(ScalarType.Float32) * scale.unsqueeze(1) - weight).abs() / scale.unsqueeze(1);
        Assert.InRange(error.max().item<float>(), 0.1f, 0.501f);
        Assert.Equal(Enumerable.Repeat(64f, 7), rounded.abs().amax([1]).to(ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void Round_ChannelOfZeros_StaysZero()
    {
        using var scope = NewDisposeScope();
        (Tensor rounded, Tensor scale) = EightBitProduct.Round(zeros(2, 4));
        Assert.Equal(0, rounded.abs().to(ScalarType.Int32).sum().item<long>());
        Assert.True(scale.isfinite().all().item<bool>());
    }

    // What vpmaddubsw does on processors without VNNI: two products of an unsigned and a signed byte, added with saturation to 16 bits.
    [Theory]
    [InlineData(EightBitProduct.LargestWeight, true)]
    [InlineData(127, false)]
    public void LargestWeight_OnProcessorsWithoutVnni_DoesNotSaturate(int weight, bool isExact)
    {
        foreach (int sign in new[] { -1, 1 })
        {
            int sum = 2 * byte.MaxValue * sign * weight;
            Assert.Equal(isExact, Math.Clamp(sum, short.MinValue, short.MaxValue) == sum);
        }
    }
}
