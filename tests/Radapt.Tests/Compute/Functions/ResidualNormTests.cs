using Radapt.Compute.Functions;
using static TorchSharp.torch;

namespace Radapt.Tests.Compute.Functions;

public class ResidualNormTests
{
    [Theory]
    [InlineData("bfloat16", true, true, 1)]
    [InlineData("bfloat16", false, false, 2)]
    [InlineData("float32", true, true, 2)]
    [InlineData("float32", true, false, 1)]
    [InlineData("float32", false, true, 3)]
    public void SumAndNorm_WithBranch_AreTheFormulaWithinRounding(string precision, bool samples, bool channels, int threads)
    {
        using var scope = NewDisposeScope();
        Rounding rounding = Rounding.For(precision);
        Tensor tokens = randn(3, 5, 48).requires_grad_(true);
        Tensor branch = rounding.Values(3, 5, 48).requires_grad_(true);
        Tensor weight = randn(48).requires_grad_(true);
        Tensor bias = randn(48).requires_grad_(true);
        float[]? kept = samples ? [0, 1.25f, 1.25f] : null;
        Tensor? gamma = channels ? randn(48) : null;
        (Tensor aboveSum, Tensor aboveNormed) = (randn(3, 5, 48), rounding.Values(3, 5, 48));
        (Tensor sum, Tensor normed) = ResidualNorm.Apply(tokens, new ResidualBranch(branch, kept, gamma), weight, bias, 1e-6,
            rounding.Type, threads);
        autograd.backward([sum, normed], [aboveSum, aboveNormed]);

        Tensor[] exact = [.. new[] { tokens, branch, weight, bias }.Select(Rounding.Exact)];
        Tensor added = exact[1] * (gamma?.to(ScalarType.Float64) ?? ones(48, ScalarType.Float64));
        Tensor expected =
            exact[0] + (added * (kept is null ? ones(3, 1, 1, ScalarType.Float64) : tensor(kept).to(ScalarType.Float64).view(3, 1, 1)));
        Tensor expectedNorm = nn.functional.layer_norm(expected, [48], exact[2], exact[3], 1e-6);
        autograd.backward([expected, expectedNorm], [aboveSum.to(ScalarType.Float64), aboveNormed.to(ScalarType.Float64)]);
        Rounding.AssertClose(expected, sum, 1e-6);
        rounding.AssertClose(expectedNorm, normed);
        rounding.AssertClose(exact[1].grad!, branch.grad!);
        Rounding.AssertClose(exact[0].grad!, tokens.grad!, 2e-6);
        Rounding.AssertClose(exact[2].grad!, weight.grad!, 2e-6);
        Rounding.AssertClose(exact[3].grad!, bias.grad!, 2e-6);
    }

    [Fact]
    public void Norm_WithoutBranch_GivesTheTokensBackAndTheirNorm()
    {
        using var scope = NewDisposeScope();
        Tensor tokens = randn(2, 7, 32).requires_grad_(true);
        (Tensor weight, Tensor bias) = (randn(32), randn(32));
        (Tensor sum, Tensor normed) = ResidualNorm.Apply(tokens, null, weight, bias, 1e-6, ScalarType.Float32, 2);
        Assert.Same(tokens, sum);
        Tensor exact = Rounding.Exact(tokens);
        Tensor expected = nn.functional.layer_norm(exact, [32], weight.to(ScalarType.Float64), bias.to(ScalarType.Float64), 1e-6);
        Tensor above = randn(2, 7, 32);
        expected.backward([above.to(ScalarType.Float64)]);
        normed.backward([above]);
        Rounding.AssertClose(expected, normed, 2e-6);
        Rounding.AssertClose(exact.grad!, tokens.grad!, 2e-6);
    }

    [Fact]
    public void Sum_WithoutTheNorm_HasItsGradient()
    {
        using var scope = NewDisposeScope();
        Tensor tokens = randn(2, 3, 16).requires_grad_(true);
        Tensor branch = randn(2, 3, 16).requires_grad_(true);
        (Tensor sum, _) = ResidualNorm.Apply(tokens, new ResidualBranch(branch, null, null), ones(16), zeros(16), 1e-6,
            ScalarType.Float32, 1);
        Tensor above = randn(2, 3, 16);
        sum.backward([above]);
        Assert.True(allclose(above, tokens.grad!) && allclose(above, branch.grad!));
    }
}
