using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class HolmTests
{
    // By hand: 4 x .01, then 3 x .013 raised to .04, 2 x .04, and .08 raised to nothing; a test that could not be done does not count.
    [Fact]
    public void Adjust_KnownValues_GivesHolmsValues()
    {
        double?[] adjusted = Holm.Adjust([0.04, 0.01, null, 0.8, 0.013]);
        Assert.Equal(0.08, adjusted[0]!.Value, 12);
        Assert.Equal(0.04, adjusted[1]!.Value, 12);
        Assert.Null(adjusted[2]);
        Assert.Equal(0.8, adjusted[3]!.Value, 12);
        Assert.Equal(0.04, adjusted[4]!.Value, 12);
    }

    [Fact]
    public void Adjust_LargeValues_AreAtMostOne() => Assert.Equal([1, 1], Holm.Adjust([0.7, 0.9]).Select(p => p!.Value));
}
