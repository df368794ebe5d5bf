using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public sealed class CurveBandsTests
{
    [Fact]
    public void Compute_PerfectScores_HaveBandsWithoutWidth()
    {
        CurveBands bands = CurveBands.Compute([1, 1, 0, 0, 0], [5, 4, 3, 2, 1], [0, 1, 2, 3, 4], replicates: 50)!;
        Assert.All(bands.Roc, p => Assert.Equal((1, 1), (p.Low, p.High)));
        Assert.All(bands.PrecisionRecall, p => Assert.Equal((1, 1), (p.Low, p.High)));
        Assert.Equal((51, 50), (bands.Roc.Count, bands.PrecisionRecall.Count));
    }

    [Fact]
    public void Compute_AllScoresEqual_IsTheDiagonalAndThePrevalence()
    {
        sbyte[] labels = [.. Enumerable.Range(0, 200).Select(i => (sbyte)(i % 4 == 0 ? 1 : 0))];
        CurveBands bands = CurveBands.Compute(labels, new double[200], [.. Enumerable.Range(0, 200)])!;
        Assert.All(bands.Roc, p => Assert.Equal((p.X, p.X), (Math.Round(p.Low, 12), Math.Round(p.High, 12))));
        Assert.All(bands.PrecisionRecall, p => Assert.True(p.Low < 0.25 && p.High > 0.25)); // a resample's share of positives
        Assert.Single(bands.PrecisionRecall.Select(p => (p.Low, p.High)).Distinct());
    }

    [Fact]
    public void Compute_OnePatientWithTwentyCopies_IsAsWideAsWithOne()
    {
        sbyte[] labels = [1, 0, 1, 0, 1, 1, 0, 0];
        double[] scores = [1, 2, 3, 4, 5, 6, 0, 3.5];
        int[] clusters = [.. Enumerable.Range(0, 8)];
        CurveBands once = CurveBands.Compute(labels, scores, clusters)!;
        CurveBands copied = CurveBands.Compute([.. Repeat(labels)], [.. Repeat(scores)], [.. Repeat(clusters)])!;
        Assert.Equal(once.Roc, copied.Roc);
        Assert.Equal(once.PrecisionRecall, copied.PrecisionRecall);

        static IEnumerable<T> Repeat<T>(T[] values) => Enumerable.Repeat(values, 20).SelectMany(v => v);
    }

    [Fact]
    public void Compute_NoPositives_HasNoBands() => Assert.Null(CurveBands.Compute([0, 0], [1, 2], [0, 1]));

    [Fact]
    public void PrecisionRecallCurve_Scores_HasAPointForEveryThreshold() =>
        Assert.Equal([(0.5, 1.0), (0.5, 0.5), (1.0, 0.5)], PrecisionRecallCurve.Compute([1, 0, 1, 0, -1], [4, 3, 2, 2, 9])!);
}
