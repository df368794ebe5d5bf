using Radapt.Compute;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class ConformalSetsTests
{
    [Fact]
    public void Fit_KnownScores_TakesTheRankOfTheDefinition()
    {
        // 19 images of each class and alpha .1: k = floor(.1 x 20) = 2, the second lowest positive and the second highest negative.
        sbyte[] labels = [.. Enumerable.Repeat((sbyte)1, 19), .. Enumerable.Repeat((sbyte)0, 19), -1];
        double[] scores = [.. Enumerable.Range(0, 19).Select(i => 10.0 + i), .. Enumerable.Range(0, 19).Select(i => (double)i), 500];
        ConformalSets sets = ConformalSets.Fit(0.1, labels, scores)!;
        Assert.Equal(new ConformalSets(0.1, 11, 17), sets);
        Assert.Equal(ConformalAnswer.Negative, sets.Answer(10.9));
        Assert.Equal(ConformalAnswer.Uncertain, sets.Answer(11));
        Assert.Equal(ConformalAnswer.Positive, sets.Answer(17.1));
        (Proportion positives, Proportion negatives, Proportion uncertain) = sets.Coverage(labels, scores, []);
        Assert.Equal(new Proportion(18, 19), positives);
        Assert.Equal(new Proportion(18, 19), negatives);
        Assert.Equal(new Proportion(14, 38), uncertain); // 11 to 17 of both
    }

    [Fact]
    public void Fit_TooFewOfAClass_GivesNoSets()
    {
        Assert.Equal(9, ConformalSets.FewestCases(0.1));
        Assert.Equal(19, ConformalSets.FewestCases(0.05));
        sbyte[] labels = [.. Enumerable.Repeat((sbyte)1, 8), .. Enumerable.Repeat((sbyte)0, 100)];
        Assert.Null(ConformalSets.Fit(0.1, labels, [.. Enumerable.Range(0, 108).Select(i => (double)i)]));
    }

    [Fact]
    public void Coverage_ManyDraws_IsWhatWasAskedInEachClass()
    {
        // The guarantee is for the mean over fitted sets: of each class 1 - alpha, though one is rare and neither is calibrated.
        (double positives, double negatives) = (0, 0);
        const int Draws = 400;
        for (int seed = 0; seed < Draws; seed++)
        {
            (sbyte[] labels, double[] scores) = Draw(300, seed);
            ConformalSets sets = ConformalSets.Fit(0.1, labels, scores)!;
            (sbyte[] others, double[] otherScores) = Draw(300, 10_000 + seed);
            (Proportion p, Proportion n, _) = sets.Coverage(others, otherScores, []);
            positives += p.Value!.Value / Draws;
            negatives += n.Value!.Value / Draws;
        }

        Assert.InRange(positives, 0.89, 0.93); // at least .9, and by at most 1 / (n + 1) more
        Assert.InRange(negatives, 0.89, 0.92);
    }

    private static (sbyte[] Labels, double[] Scores) Draw(int count, int seed)
    {
        var random = new KeyedRandom(seed, RandomPurpose.Phantom);
        sbyte[] labels = [.. Enumerable.Range(0, count).Select(i => (sbyte)(i % 6 == 0 ? 1 : 0))];
        return (labels, [.. labels.Select(l => l + random.NextGaussian())]);
    }
}
