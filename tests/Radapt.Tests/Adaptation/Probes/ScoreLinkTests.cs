using Radapt.Adaptation.Probes;

namespace Radapt.Tests.Adaptation.Probes;

public sealed class ScoreLinkTests
{
    /// <summary>Two scores: the fit passes through both targets exactly, which Platt's rule gives.</summary>
    [Fact]
    public void Fit_TwoScores_GivesTheSharesBehindThem()
    {
        // Of score 2, six of eight are positive; of score 1, one of four.
        double[] scores = [2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1];
        double[] labels = [1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0];
        ScoreLink link = ScoreLink.Fit(scores, labels);
        (double high, double low) = (8 / 9.0, 1 / 7.0); // targets of 7 positives and 5 negatives
        Assert.Equal(Logit(((6 * high) + (2 * low)) / 8), (2 * link.Slope) + link.Offset, 1e-8);
        Assert.Equal(Logit((high + (3 * low)) / 4), link.Slope + link.Offset, 1e-8);
    }

    [Fact]
    public void Fit_ScoresThatSeparateTheClasses_StayFinite()
    {
        ScoreLink link = ScoreLink.Fit([0, 0.1, 0.9, 1], [0, 0, 1, 1]);
        Assert.InRange(link.Slope, 1, 20);
        Assert.InRange(link.Slope + link.Offset, 0.5, 5);
    }

    [Fact]
    public void Fit_ScoresThatFallWithTheLabel_KeepTheirOrderAndSayTheShare()
    {
        ScoreLink link = ScoreLink.Fit([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]);
        Assert.True(link.Slope > 0);
        Assert.All(new[] { 1, 6 }, s => Assert.Equal(0, (link.Slope * s) + link.Offset, 0.05));
    }

    [Fact]
    public void Fit_EqualScores_SayTheShare()
    {
        ScoreLink link = ScoreLink.Fit([0.3, 0.3, 0.3], [1, 0, 0]);
        Assert.Equal(Logit(2 / 5.0), (link.Slope * 0.3) + link.Offset, 1e-9);
    }

    private static double Logit(double p) => Math.Log(p / (1 - p));
}
