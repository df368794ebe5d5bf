using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class NormalDistributionTests
{
    // Abramowitz and Stegun, table 26.1 and its tail; both methods meet between 3 and 6.
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.15865525393145707)]
    [InlineData(1.959963984540054, 0.025)]
    [InlineData(3, 0.0013498980316300957)]
    [InlineData(4.2, 1.3345749015906314e-5)]
    [InlineData(4.3, 8.5399054709918e-6)]
    [InlineData(6, 9.865876450376946e-10)]
    [InlineData(10, 7.619853024160527e-24)]
    [InlineData(-1, 0.8413447460685429)]
    public void UpperTail_KnownValues_HasTheirDigits(double z, double expected)
    {
        Assert.Equal(expected, NormalDistribution.UpperTail(z), expected * 1e-10);
        Assert.Equal(expected, NormalDistribution.Cdf(-z), expected * 1e-10);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.025)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Quantile_IsTheInverse(double p) => Assert.Equal(p, NormalDistribution.Cdf(NormalDistribution.Quantile(p)), p * 1e-12);

    [Fact]
    public void HalfWidth_OfNinetyFivePercent_IsTheUsualNumber() =>
        Assert.Equal(1.959963984540054, NormalDistribution.HalfWidth(0.95), 1e-12);
}
