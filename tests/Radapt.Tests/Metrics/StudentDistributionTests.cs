using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class StudentDistributionTests
{
    // The 97.5 % points of the usual tables.
    [Theory]
    [InlineData(4, 2.776)]
    [InlineData(10, 2.228)]
    [InlineData(30, 2.042)]
    [InlineData(1e9, 1.960)]
    public void Quantile_TabulatedValues_AreReached(double freedom, double expected)
    {
        double found = StudentDistribution.Quantile(NormalDistribution.HalfWidth(0.95), freedom);
        Assert.Equal(expected, found, 0.001);
        Assert.Equal(0.05, StudentDistribution.TwoSided(found, freedom), 0.001);
    }

    [Fact]
    public void Freedom_OneClassDecides_IsItsNumberOfClusters()
    {
        Assert.Equal(9, new VarianceParts(0.01, 0, 0, 10, 500).Freedom, 9);
        Assert.Equal(18, new VarianceParts(0.01, 0.01, 0, 10, 10).Freedom, 9); // as Student's test of two samples of 10
    }
}
