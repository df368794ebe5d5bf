using CsCheck;
using Radapt.Metrics;

namespace Radapt.Tests.Metrics;

public class BinaryMetricsTests
{
    // Few distinct scores, so that ties are common; -1 labels are unknown.
    private static readonly Gen<(sbyte[] Labels, double[] Scores)> s_cases =
        Gen.Select(Gen.Int[-1, 1], Gen.Int[0, 12]).Array[2, 60].Select(rows =>
            (rows.Select(r => (sbyte)r.Item1).ToArray(), rows.Select(r => r.Item2 / 4.0).ToArray()));

    [Fact]
    public void Auroc_EqualsTheShareOfPairsInOrder_TiesHalf() => s_cases.Sample(c =>
    {
        double[] positives = [.. c.Scores.Where((_, i) => c.Labels[i] == 1)];
        double[] negatives = [.. c.Scores.Where((_, i) => c.Labels[i] == 0)];
        double? pairs = positives.Length * negatives.Length == 0 ? null
            : positives.Average(p => negatives.Average(n => p > n ? 1 : p == n ? 0.5 : 0));
        double? auroc = BinaryMetrics.Auroc(c.Labels, c.Scores);
        Assert.Equal(pairs is null, auroc is null);
        Assert.Equal(pairs ?? 0, auroc ?? 0, 1e-12);
    });

    [Fact]
    public void Auroc_IgnoresMonotoneMapsAndTheOrderOfRows_AndMirrors() => s_cases.Sample(c =>
    {
        double? auroc = BinaryMetrics.Auroc(c.Labels, c.Scores);
        Assert.Equal(auroc, BinaryMetrics.Auroc(c.Labels, [.. c.Scores.Select(s => Math.Exp(s) - 7)]));
        Assert.Equal(auroc, BinaryMetrics.Auroc([.. c.Labels.Reverse()], [.. c.Scores.Reverse()]));
        if (auroc is { } value)
        {
            Assert.Equal(1 - value, BinaryMetrics.Auroc(c.Labels, [.. c.Scores.Select(s => -s)])!.Value, 1e-12);
        }
    });

    [Fact]
    public void RocCurve_WithAndWithoutIntermediatePoints_EnclosesTheAuroc() => s_cases.Sample(c =>
    {
        foreach (bool drop in new[] { true, false })
        {
            IReadOnlyList<RocPoint>? curve = RocCurve.Compute(c.Labels, c.Scores, drop);
            double? area = curve?.Zip(curve.Skip(1), (a, b) =>
                (b.FalsePositiveRate - a.FalsePositiveRate) * (a.TruePositiveRate + b.TruePositiveRate) / 2).Sum();
            Assert.Equal(BinaryMetrics.Auroc(c.Labels, c.Scores) ?? -1, area ?? -1, 1e-12);
        }
    });

    [Fact]
    public void UnknownLabels_LeftOut_EvenWithScoresThatAreNotNumbers()
    {
        Assert.Equal(1, BinaryMetrics.Auroc([1, -1, 0], [0.8, double.NaN, 0.1]));
        Assert.Equal(1, BinaryMetrics.AveragePrecision([1, -1, 0], [0.8, double.NaN, 0.1]));
        Assert.Null(BinaryMetrics.Auroc([1, -1, 1], [0.8, 0.2, 0.1]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void ScoresThatAreNotFinite_OfKnownLabels_AreAnError(double score) =>
        Assert.Throws<RadaptException>(() => BinaryMetrics.Auroc([1, 0], [score, 0.1]));

    [Fact]
    public void LabelsOtherThanOneZeroAndUnknown_AreRefused() =>
        Assert.Throws<ArgumentException>(() => BinaryMetrics.Auroc([1, 2], [0.1, 0.2]));
}
