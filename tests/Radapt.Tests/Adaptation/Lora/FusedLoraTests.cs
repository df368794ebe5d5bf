using Radapt.Adaptation.Lora;
using Radapt.Compute;
using Radapt.Compute.Passes;
using Radapt.Tests.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Tests.Adaptation.Lora;

public class FusedLoraTests
{
    [Theory]
    [InlineData("float32", "linear", 4, new[] { 0, 2 }, 3, 0.1, 1)]
    [InlineData("float32", "convolution", 3, new[] { 0, 1, 2 }, 3, 0.1, 2)]
    [InlineData("float32", "packed", 5, new[] { 0, 2 }, 3, 0.1, 2)]
    [InlineData("float32", "linear", 9, new[] { 0 }, 1, 0, 3)]
    [InlineData("bfloat16", "linear", 4, new[] { 0, 2 }, 3, 0.1, 2)]
    [InlineData("bfloat16", "linear", 1, new[] { 1 }, 3, 0.5, 1)]
    public void OutputAndGradients_AnyLayout_AreTheFormulaWithinRounding(
        string precision, string products, int rank, int[] adapted, int parts, double dropout, int threads)
    {
        using var scope = NewDisposeScope();
        Rounding rounding = Rounding.For(precision);
        var kernels = new Kernels(new ComputePlan(precision, "cpu", threads) { Products = products });
        var groups = new OutputGroups(parts, adapted);
        DropoutMask? mask = dropout == 0 ? null : new DropoutMask(new KeyedRandom(3, RandomPurpose.Dropout, 1, 2), dropout);
        const int Width = 32;
        Tensor x = rounding.Values(3, 7, 48).requires_grad_(true);
        (Tensor weight, Tensor bias) = (rounding.Values(Width * parts, 48), rounding.Values(Width * parts));
        Tensor a = randn(rank * adapted.Length, 48).requires_grad_(true);
        Tensor b = randn(Width * adapted.Length, rank).requires_grad_(true);
        Tensor above = rounding.Values(3, 7, Width * parts);
        Assert.Equal(Pass.IsFast, FusedLora.Refusal(x, weight, bias, a, groups) is null);
        Tensor actual = FusedLora.Apply(x, weight, bias, a, b, new AppliedLora(1.5, groups, mask), kernels);
        actual.backward([above]);

        (Tensor xs, Tensor exactA, Tensor exactB) = (Rounding.Exact(x), Rounding.Exact(a), Rounding.Exact(b));
        var factors = new float[x.numel()];
        Array.Fill(factors, 1);
        mask?.Fill(factors);
        Tensor dropped = xs * tensor(factors).to(ScalarType.Float64).view(x.shape);
        Tensor expected = nn.functional.linear(xs, weight.to(ScalarType.Float64), bias.to(ScalarType.Float64));
        Tensor[] pieces = expected.chunk(parts, -1);
        for (int i = 0; i < adapted.Length; i++)
        {
            Tensor low = nn.functional.linear(dropped, exactA[(rank * i)..(rank * (i + 1))]);
            pieces[adapted[i]] = pieces[adapted[i]] + (nn.functional.linear(low, exactB[(Width * i)..(Width * (i + 1))]) * 1.5);
        }

        expected = cat(pieces, -1);
        expected.backward([above.to(ScalarType.Float64)]);
        rounding.AssertClose(expected, actual);
        rounding.AssertClose(xs.grad!, x.grad!);
        Rounding.AssertClose(exactA.grad!, a.grad!, 2e-6);
        Rounding.AssertClose(exactB.grad!, b.grad!, 2e-6);
    }

    [Fact]
    public void Gradients_InputWithoutGradient_AreOnlyThoseOfTheFactors()
    {
        using var scope = NewDisposeScope();
        var kernels = new Kernels(ComputePlan.Float32);
        (Tensor x, Tensor weight, Tensor bias) = (randn(2, 5, 16), randn(48, 16), randn(48));
        (Tensor a, Tensor b) = (randn(8, 16).requires_grad_(true), randn(32, 4).requires_grad_(true));
        FusedLora.Apply(x, weight, bias, a, b, new AppliedLora(1, new OutputGroups(3, [0, 2]), null), kernels).sum().backward();
        Assert.True(a.grad!.norm().item<float>() > 0 && b.grad!.norm().item<float>() > 0);
        Assert.Null(x.grad);
    }
}
