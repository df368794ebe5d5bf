using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

/// <summary>What random scores reach.</summary>
public sealed class ChanceAurocTests
{
    [Theory]
    [InlineData(12, 28)]
    [InlineData(60, 60)]
    [InlineData(5, 200)]
    public void Upper_RandomScores_StayBelowInAbout95PercentOfCases(int positives, int negatives)
    {
        const int Trials = 4000;
        double upper = ChanceAuroc.Upper([(positives, negatives)]);
        sbyte[] labels = [.. Enumerable.Range(0, positives + negatives).Select(i => (sbyte)(i < positives ? 1 : 0))];
        var random = new KeyedRandom(positives, RandomPurpose.Phantom);
        int above = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            double[] scores = [.. labels.Select(_ => random.NextGaussian())];
            above += BinaryMetrics.Auroc(labels, scores) > upper ? 1 : 0;
        }

        Assert.InRange(above / (double)Trials, 0.03, 0.07);
    }

    [Fact]
    public void Upper_FindingsWithOneClass_AreNotCounted()
    {
        Assert.Equal(1, ChanceAuroc.Upper([(0, 10), (3, 0)]));
        Assert.Equal(ChanceAuroc.Upper([(10, 10)]), ChanceAuroc.Upper([(10, 10), (0, 7)]));
    }
}
