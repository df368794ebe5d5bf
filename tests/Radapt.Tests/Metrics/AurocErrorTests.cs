using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class AurocErrorTests
{
    // By hand from the paper's equation: at 0.8, Q1 = 2/3 and Q2 = 32/45; at 0.5, both are 1/3.
    [Theory]
    [InlineData(0.8, 1, 1, 0.4)]
    [InlineData(0.8, 100, 100, 0.0313688)]
    [InlineData(0.5, 10, 40, 0.1030776)]
    [InlineData(1.0, 5, 7, 0)]
    public void Single_Counts_GiveHanleyAndMcNeilsError(double auroc, int positives, int negatives, double expected) =>
        Assert.Equal(expected, AurocError.Single(auroc, positives, negatives), 1e-7);

    [Fact]
    public void Single_MoreOfEither_IsSmaller()
    {
        double error = AurocError.Single(0.8, 20, 200);
        Assert.True(AurocError.Single(0.8, 21, 200) < error);
        Assert.True(AurocError.Single(0.8, 20, 201) < error);
    }

    [Fact]
    public void Mean_FindingsWithoutAClass_AreLeftOut()
    {
        double one = AurocError.Single(0.8, 50, 60);
        Assert.Equal(one / 2, AurocError.Mean(0.8, Enumerable.Repeat((50, 60), 4))!.Value, 1e-12);
        Assert.Equal(one, AurocError.Mean(0.8, [(50, 60), (0, 110), (110, 0)])!.Value, 1e-12);
        Assert.Null(AurocError.Mean(0.8, [(0, 110)]));
    }
}
