using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute;

public class BFloat16AttentionTests
{
    [Theory]
    [InlineData(2, 17, 3, 8, 1)]
    [InlineData(3, 197, 2, 64, 2)]
    [InlineData(1, 16, 1, 16, 3)]
    [InlineData(2, 50, 3, 64, 2)]
    public void Attention_AnyShape_IsThatOfFloat32WithinRounding(int b, int n, int heads, int width, int threads)
    {
        Assert.SkipUnless(BFloat16Rows.IsSupported, "This processor has no AVX-512.");
        using var scope = NewDisposeScope();
        Tensor qkv = randn(b, n, 3 * heads * width).to(ScalarType.BFloat16).requires_grad_(true);
        Tensor exact = qkv.detach().to(ScalarType.Float32).requires_grad_(true);
        Tensor above = randn(b, n, heads * width).to(ScalarType.BFloat16);
        Tensor[] parts = exact.view(b, n, 3, heads, width).permute(2, 0, 3, 1, 4).unbind(0);
        Tensor expected = (parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(width)).softmax(-1).matmul(parts[2]).transpose(1, 2).reshape(b, n, -1);
        Tensor actual = BFloat16Attention.Apply(qkv, heads, threads);
        expected.backward([above.to(ScalarType.Float32)]);
        actual.backward([above]);
        AssertClose(expected, actual, 0.01);
        AssertClose(exact.grad!, qkv.grad!, 0.01);
        using var none = no_grad();
        Assert.True(BFloat16Attention.Apply(qkv.detach(), heads, 1).Equals(actual.detach()), "The number of threads, or the gradient's absence, changed a result.");
    }

    [Fact]
    public void Softmax_RowsBeyondTheExponential_SumToOne()
    {
        Assert.SkipUnless(BFloat16Rows.IsSupported, "This processor has no AVX-512.");
        using var scope = NewDisposeScope();
        Tensor scores = full([4, 37], -3e38f).to(ScalarType.BFloat16);
        scores[1] = tensor(3e38f).to(ScalarType.BFloat16);
        scores[2, 5] = tensor(100f).to(ScalarType.BFloat16);
        Tensor expected = scores.to(ScalarType.Float32).softmax(-1);
        BFloat16Rows.Softmax(scores, 1, 2);
        Assert.True(allclose(expected, scores.to(ScalarType.Float32), 1e-2, 1e-6));
    }

    [Fact]
    public void Passes_OtherTypesOrLayouts_AreRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => BFloat16Rows.Softmax(randn(4, 32), 1, 1));
        Assert.Throws<ArgumentException>(() => BFloat16Rows.Softmax(randn(32, 32).to(ScalarType.BFloat16).t(), 1, 1));
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        double error = ((expected - actual.to(ScalarType.Float32)).norm() / expected.norm()).item<float>();
        Assert.True(error < tolerance, $"relative error {error:g3}");
    }
}
