using Radapt.Compute.Functions;
using Radapt.Compute.Passes;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

public class SelfAttentionTests
{
    [Theory]
    [InlineData(2, 17, 3, 8, 1)]
    [InlineData(3, 197, 2, 64, 2)]
    [InlineData(1, 16, 1, 16, 3)]
    [InlineData(2, 50, 3, 12, 2)]
    public void Attention_AnyShape_IsTheFormulaWithinRounding(int b, int n, int heads, int width, int threads)
    {
        using var scope = NewDisposeScope();
        Rounding rounding = Rounding.For("bfloat16");
        Tensor qkv = rounding.Values(b, n, 3 * heads * width).requires_grad_(true);
        Tensor exact = Rounding.Exact(qkv);
        Tensor above = rounding.Values(b, n, heads * width);
        Tensor[] parts = exact.view(b, n, 3, heads, width).permute(2, 0, 3, 1, 4).unbind(0);
        Tensor expected = (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(width)).softmax(-1).matmul(parts[2]).transpose(1, 2)
            .reshape(b, n, -1);
        Tensor actual = SelfAttention.Apply(qkv, heads, threads);
        expected.backward([above.to(ScalarType.Float64)]);
        actual.backward([above]);
        rounding.AssertClose(expected, actual);
        rounding.AssertClose(exact.grad!, qkv.grad!);
        using var none = no_grad();
        Assert.True(SelfAttention.Apply(qkv.detach(), heads, 1)
            .Equals(actual.detach()), "The number of threads, or the gradient's absence, changed a result.");
    }

    [Fact]
    public void Softmax_RowsBeyondTheExponential_SumToOne()
    {
        using var scope = NewDisposeScope();
        Tensor scores = full([4, 37], -3e38f).to(ScalarType.BFloat16);
        scores[1] = tensor(3e38f).to(ScalarType.BFloat16);
        scores[2, 5] = tensor(100f).to(ScalarType.BFloat16);
        Tensor expected = scores.to(ScalarType.Float32).softmax(-1);
        SoftmaxPass.Apply(scores, 1, 2);
        Assert.True(allclose(expected, scores.to(ScalarType.Float32), 1e-2, 1e-6));
    }

    [Fact]
    public void Softmax_RowWithNaN_IsNaNAndNoOtherRow()
    {
        using var scope = NewDisposeScope();
        Tensor scores = randn(3, 40).to(ScalarType.BFloat16);
        scores[1, 7] = tensor(float.NaN).to(ScalarType.BFloat16);
        SoftmaxPass.Apply(scores, 1, 1);
        Assert.Equal([false, true, false], scores.isnan().all(1).data<bool>().ToArray());
        Assert.Equal(40, scores.isnan().sum().item<long>());
    }

    [Fact]
    public void Passes_OtherTypesOrLayouts_AreNotTaken()
    {
        using var scope = NewDisposeScope();
        Assert.NotNull(Pass.Refusal(randn(32, 32).to(ScalarType.BFloat16).t()));
        Assert.NotNull(Pass.Refusal(randn(32, 32).to(ScalarType.Float16)));
        Assert.Throws<ArgumentException>(() => SoftmaxPass.Apply(randn(32, 32), 1, 1));
        Assert.Throws<ArgumentException>(() => SoftmaxPass.Apply(randn(32, 32).to(ScalarType.BFloat16).t(), 1, 1));
    }
}
