using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class StudentDistributionTests
{
    // The points of the usual tables; issue 15: 5.841 was 5.20.
    [Theory]
    [InlineData(0.90, 1, 6.314)]
    [InlineData(0.95, 1, 12.706)]
    [InlineData(0.998, 1, 318.309)]
    [InlineData(0.95, 2, 4.303)]
    [InlineData(0.99, 3, 5.841)]
    [InlineData(0.999, 3, 12.924)]
    [InlineData(0.95, 4, 2.776)]
    [InlineData(0.99, 5, 4.032)]
    [InlineData(0.95, 10, 2.228)]
    [InlineData(0.95, 30, 2.042)]
    [InlineData(0.99, 120, 2.617)]
    [InlineData(0.95, 1e9, 1.960)]
    public void Quantile_TabulatedValues_AreReached(double level, double freedom, double expected)
    {
        double found = StudentDistribution.Quantile(NormalDistribution.HalfWidth(level), freedom);
        Assert.Equal(expected, found, 0.00051);
        Assert.Equal(1 - level, StudentDistribution.TwoSided(found, freedom), 1e-7);
        Assert.Equal(-found, StudentDistribution.Quantile(-NormalDistribution.HalfWidth(level), freedom));
    }

    // One and two degrees of freedom have closed forms.
    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(7.5)]
    [InlineData(4000)]
    public void TwoSided_FewDegrees_IsTheClosedForm(double t)
    {
        double cauchy = 2 / Math.PI * Math.Atan(1 / t);
        Assert.Equal(1, StudentDistribution.TwoSided(t, 1) / cauchy, 1e-12);
        double two = 2 / (Math.Sqrt(2 + (t * t)) * (Math.Sqrt(2 + (t * t)) + t));
        Assert.Equal(1, StudentDistribution.TwoSided(t, 2) / two, 1e-12);
    }

    [Fact]
    public void Quantile_WhereTheExpansionsTakeOver_DoesNotJump()
    {
        double below = StudentDistribution.Quantile(2.5, 9_999.9);
        double above = StudentDistribution.Quantile(2.5, 10_000.1);
        Assert.InRange(below - above, 0, 1e-7);
    }

    [Fact]
    public void Freedom_OneClassDecides_IsItsNumberOfClusters()
    {
        Assert.Equal(9, new VarianceParts(0.01, 0, 0, 10, 500).Freedom, 9);
        Assert.Equal(18, new VarianceParts(0.01, 0.01, 0, 10, 10).Freedom, 9); // as Student's test of two samples of 10
    }
}
