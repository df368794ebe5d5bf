using Radapt.Compute;
using Radapt.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

public class FrozenConvolutionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OutputAndGradient_FrozenWeight_AreThoseOfALinearMap(bool withBias)
    {
        using var scope = NewDisposeScope();
        (Tensor weight, Tensor? bias) = (randn(24, 40), withBias ? randn(24) : null);
        Tensor x = randn(3, 5, 40).requires_grad_(true);
        Tensor exact = Rounding.Exact(x);
        Tensor above = randn(3, 5, 24);
        Assert.Null(FrozenConvolution.Refusal(x, weight, bias));
        Tensor actual = new Kernels(ComputePlan.Float32 with { Products = "convolution" }).Linear(x, weight, bias);
        Tensor expected = nn.functional.linear(exact, weight.to(ScalarType.Float64), bias?.to(ScalarType.Float64));
        actual.backward([above]);
        expected.backward([above.to(ScalarType.Float64)]);
        Rounding.AssertClose(expected, actual, 2e-6);
        Rounding.AssertClose(exact.grad!, x.grad!, 2e-6);
    }

    [Fact]
    public void Refusal_TrainedWeight_SaysSo()
    {
        using var scope = NewDisposeScope();
        Assert.NotNull(FrozenConvolution.Refusal(randn(2, 4).requires_grad_(true), randn(3, 4).requires_grad_(true), null));
    }
}
