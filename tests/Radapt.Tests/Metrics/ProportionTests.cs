using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class ProportionTests
{
    // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Wilson_PublishedCounts_GivesThePublishedInterval(int successes, int trials, double lower, double upper)
    {
        Interval found = new Proportion(successes, trials).Wilson()!.Value;
        Assert.Equal(lower, found.Lower, 4);
        Assert.Equal(upper, found.Upper, 4);
    }

    [Fact]
    public void Count_RepeatedImages_KnowAsMuchAsOneEach()
    {
        (bool, int)[] one = [.. Enumerable.Range(0, 30).Select(i => (i % 3 == 0, i))];
        Proportion four = Proportion.Count([.. one.SelectMany(c => Enumerable.Repeat(c, 4))]);
        Assert.Equal(40, four.Successes);
        Assert.Equal(120, four.Trials);
        Assert.Equal(29, four.EffectiveTrials!.Value, 9); // 30 patients, n - 1 in their variance
        Assert.Null(Proportion.Count(one).EffectiveTrials);
        Assert.Equal(30, Proportion.Count([.. Enumerable.Range(0, 60).Select(i => (true, i / 2))]).EffectiveTrials);
    }

    [Fact]
    public void Wilson_NoCases_IsUndefined() => Assert.Null(new Proportion(0, 0).Wilson());
}
