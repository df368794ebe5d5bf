using Radapt.Compute;
using Radapt.Compute.Functions;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

public class FloatAttentionTests
{
    [Theory]
    [InlineData(2, 1, 3, 32, 1)]
    [InlineData(2, 17, 3, 32, 3)]
    [InlineData(1, 96, 1, 64, 1)]
    [InlineData(3, 197, 2, 64, 2)]
    [InlineData(1, 290, 2, 96, 2)]
    public void Attention_AnyShape_IsTheFormulaWithinRounding(int b, int n, int heads, int width, int threads)
    {
        using var scope = NewDisposeScope();
        Tensor qkv = randn(b, n, 3 * heads * width).requires_grad_(true);
        Tensor exact = Rounding.Exact(qkv);
        Tensor above = randn(b, n, heads * width);
        Tensor expected = Formula(exact, heads);
        Tensor actual = FloatAttention.Apply(qkv, heads, threads);
        expected.backward([above.to(ScalarType.Float64)]);
        actual.backward([above]);
        Rounding.AssertClose(expected, actual, 2e-6);
        Rounding.AssertClose(exact.grad!, qkv.grad!, 2e-6);
        using var none = no_grad();
        Assert.True(FloatAttention.Apply(qkv.detach(), heads, 1)
            .Equals(actual.detach()), "The number of threads, or the gradient's absence, changed a result.");
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Attention_AnyWidthOfVectors_GivesTheSameBits(int vectorBits)
    {
        using var scope = NewDisposeScope();
        var layout = new AttentionPass.Layout(2, 101, 2, 32, 2);
        (Tensor qkv, Tensor above) = (randn(2, 101, 192), randn(2, 101, 64));
        Assert.True(Output(null).Equals(Output(vectorBits)));
        Assert.True(Gradient(null).Equals(Gradient(vectorBits)));

        Tensor Output(int? bits)
        {
            Tensor output = full([2, 101, 64], float.NaN);
            AttentionPass.Apply(TensorAddress.Get(qkv), TensorAddress.Get(output), layout, bits);
            return output;
        }

        Tensor Gradient(int? bits)
        {
            Tensor gradient = full([2, 101, 192], float.NaN);
            AttentionPass.Differentiate(TensorAddress.Get(qkv), TensorAddress.Get(above), TensorAddress.Get(gradient), layout, bits);
            return gradient;
        }
    }

    [Fact]
    public void Attention_NotANumberInOneHead_ReachesNoOtherHeadOrImage()
    {
        using var scope = NewDisposeScope();
        Tensor qkv = randn(2, 20, 192);
        qkv[0, 19, 64] = float.NaN; // a key of the first image's first head
        Tensor isNaN = FloatAttention.Apply(qkv, 2, 1).isnan();
        Assert.True(isNaN[0].narrow(1, 0, 32).all().item<bool>());
        Assert.Equal(20 * 32, isNaN.sum().item<long>());
    }

    [Fact]
    public void Attention_ScoresBeyondTheExponential_IsTheFormula()
    {
        using var scope = NewDisposeScope();
        Tensor qkv = randn(1, 30, 96).mul(100);
        Tensor expected = Formula(qkv.to(ScalarType.Float64), 1);
        Rounding.AssertClose(expected, FloatAttention.Apply(qkv, 1, 2), 1e-4); // scores of thousands are rounded before the exponential
    }

    [Fact]
    public void Takes_OtherWidthsAndTypes_No()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Pass.IsFast, FloatAttention.Refusal(randn(1, 4, 192), 2) is null);
        Assert.NotNull(FloatAttention.Refusal(randn(1, 4, 144), 3));
        Assert.NotNull(FloatAttention.Refusal(randn(1, 4, 192).to(ScalarType.BFloat16), 2));
    }

    private static Tensor Formula(Tensor qkv, int heads)
    {
        (long b, long n, long width) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3 / heads);
        Tensor[] parts = qkv.view(b, n, 3, heads, width).permute(2, 0, 3, 1, 4).unbind(0);
        return (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(width)).softmax(-1).matmul(parts[2]).transpose(1, 2)
            .reshape(b, n, -1);
    }
}
