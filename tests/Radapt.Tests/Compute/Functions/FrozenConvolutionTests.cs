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

    // A result of 1000 channels, or the gradient of an input of 1000 channels, is computed in two pieces, the second smaller. The numbers
    // of rows differ, so that each case's large tensor has a size that no other test's tensors have.
    [Theory]
    [InlineData(1500, 16, 1000)]
    [InlineData(1503, 1000, 16)]
    public void OutputAndGradient_LargerThanAPiece_AreThoseOfALinearMapInKeptMemory(long rows, long inputs, long outputs)
    {
        long largeBytes = 4 * rows * 1000;
        Assert.InRange(largeBytes, FrozenConvolution.PieceBytes + 1, (2 * FrozenConvolution.PieceBytes) - 1);
        using var scope = NewDisposeScope();
        (Tensor weight, Tensor bias) = (randn(outputs, inputs), randn(outputs));
        Tensor x = randn(3, rows / 3, inputs).requires_grad_(true);
        Tensor exact = Rounding.Exact(x);
        Tensor above = randn(3, rows / 3, outputs);
        Tensor actual = new Kernels(ComputePlan.Float32 with { Products = "convolution" }).Linear(x, weight, bias);
        Tensor expected = nn.functional.linear(exact, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        actual.backward([above]);
        expected.backward([above.to(ScalarType.Float64)]);
        Rounding.AssertClose(expected, actual, 2e-6);
        Rounding.AssertClose(exact.grad!, x.grad!, 2e-6);
        Assert.Equal(largeBytes, KeptMemory.BytesIn(largeBytes));
    }

    [Fact]
    public void Apply_NoGradient_IsTheSameProduct()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor weight, Tensor bias) = (randn(3, 500, 16), randn(1001, 16), randn(1001));
        Tensor expected = FrozenConvolution.Apply(x.detach().clone().requires_grad_(true), weight, bias);
        using var noGradient = inference_mode();
        Assert.True(expected.Equals(FrozenConvolution.Apply(x, weight, bias)));
    }

    [Fact]
    public void Refusal_TrainedWeight_SaysSo()
    {
        using var scope = NewDisposeScope();
        Assert.NotNull(FrozenConvolution.Refusal(randn(2, 4).requires_grad_(true), randn(3, 4).requires_grad_(true), null));
    }
}
